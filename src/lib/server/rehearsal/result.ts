import { sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { itemsByNumber } from '../../domain/show-state.ts';
import { readLiveState } from '../allocator/live-state.ts';
import type { AppContext } from '../context.ts';
import { showDigests } from '../history/digest.ts';
import type { ShowDigests } from '../history/digest.ts';
import { persistedPosition } from '../history/postgres-state.ts';
import { showKey } from '../redis/keys.ts';
import type { PlayCounts } from './player.ts';

const PERSIST_POLL_MS = 20;
/** History runs at thousands of events per second; a minute without any progress means it is broken. */
const PERSIST_STALL_MS = 60_000;

/** A rehearsal knows no block list; only where there is one are its refusals told (DESIGN §7). */
type PrintedCounts = Omit<PlayCounts, 'buyer_blocked'> & Partial<Pick<PlayCounts, 'buyer_blocked'>>;

/** The result of a rehearsal, as `--json` prints it (DESIGN §7). */
export type RehearsalResult = {
	readonly show: { readonly id: string; readonly name: string; readonly status: string };
	readonly items: readonly {
		readonly number: string;
		readonly title: string;
		readonly quantity: number;
		readonly winners: readonly string[];
		readonly waitlist: readonly string[];
	}[];
	readonly counts: PrintedCounts;
	readonly digests: ShowDigests;
	readonly persisted: {
		/** What the recording made; without the reports of the channels that its comments came through. */
		readonly events: number;
		readonly comments: number;
		readonly claims: number;
	};
	readonly elapsedMs: number;
};

/** Waits until Postgres has the show's whole log. Throws when it makes no progress for a minute. */
export async function waitUntilPersisted(context: AppContext, showId: string): Promise<void> {
	let seen = -1;
	let progressAt = performance.now();
	for (;;) {
		const live = Number(await context.redis.hget(showKey(showId, 'meta'), 'seq'));
		const seq = (await persistedPosition(context.db, showId))?.seq ?? 0;
		if (seq === live) return;
		if (seq !== seen) {
			seen = seq;
			progressAt = performance.now();
		}
		if (performance.now() - progressAt > PERSIST_STALL_MS) {
			throw new Error(`history stands still at event ${seq} of ${live}`);
		}
		await sleep(PERSIST_POLL_MS);
	}
}

async function countRows(
	context: AppContext,
	showId: string
): Promise<RehearsalResult['persisted']> {
	const count = sql<string>`count(*)`.as('count');
	const of = async (table: 'events' | 'comments' | 'claims'): Promise<number> => {
		const row = await context.db
			.selectFrom(table)
			.select(count)
			.where('show_id', '=', showId)
			.executeTakeFirstOrThrow();
		return Number(row.count);
	};
	const channelReports = await context.db
		.selectFrom('events')
		.select(count)
		.where('show_id', '=', showId)
		.where('type', '<>', 'comment.received')
		.where('type', '=', 'channel.status')
		.executeTakeFirstOrThrow();
	return {
		events: (await of('events')) - Number(channelReports.count),
		comments: await of('comments'),
		claims: await of('claims')
	};
}

/** Sums a played show up. Call after `waitUntilPersisted`. */
export async function rehearsalResult(
	context: AppContext,
	showId: string,
	counts: PlayCounts,
	startedAt: number
): Promise<RehearsalResult> {
	const live = await readLiveState(context.redis, context.scripts, showId);
	if (!live) throw new Error(`show ${showId} is no longer in Redis`);
	const { state } = live;
	const { buyer_blocked, ...known } = counts;
	return {
		show: { id: showId, name: state.settings.name, status: state.status },
		items: itemsByNumber(state).map((item) => ({
			number: item.number,
			title: item.title,
			quantity: item.quantity,
			winners: item.winners.map((claim) => claim.buyer.key),
			waitlist: item.waitlist.map((claim) => claim.buyer.key)
		})),
		counts: {
			...known,
			...(buyer_blocked > 0 ? { buyer_blocked } : {}),
			released: state.counters.released,
			promoted: state.counters.promoted
		},
		digests: await showDigests(context.db, context.redis, context.scripts, showId),
		persisted: await countRows(context, showId),
		elapsedMs: Math.round(performance.now() - startedAt)
	};
}

/** Whether log, Redis and Postgres agree. */
export function digestsAgree(digests: ShowDigests): boolean {
	return digests.events === digests.redis && digests.redis === digests.postgres;
}

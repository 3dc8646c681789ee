import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { ChannelStatusChanged, LogPosition } from '../../domain/events.ts';
import { emptyCounters } from '../../domain/show-state.ts';
import type { Claim, Counters, ItemClaims, ShowState } from '../../domain/show-state.ts';
import { orderClaims } from '../allocator/live-state.ts';
import type { Database, Db } from './database.ts';
import { allowLongStatements } from './statement-timeout.ts';

/** The cursor of the durable log; null for a show that does not exist. */
export async function persistedPosition(db: Db, showId: string): Promise<LogPosition | null> {
	const row = await db
		.selectFrom('shows')
		.select(['epoch', 'last_seq'])
		.where('id', '=', showId)
		.executeTakeFirst();
	return row ? { epoch: row.epoch, seq: Number(row.last_seq) } : null;
}

async function readActiveClaims(
	db: Kysely<Database>,
	showId: string
): Promise<Map<string, Claim[]>> {
	const rows = await db
		.selectFrom('claims')
		.selectAll()
		.where('show_id', '=', showId)
		.where('state', '<>', 'released')
		.execute();
	const byItem = new Map<string, Claim[]>();
	for (const row of rows) {
		const claim: Claim = {
			claimId: row.id,
			item: String(row.item_number),
			buyer: {
				key: row.buyer_key,
				platform: row.platform,
				userId: row.user_id,
				handle: row.handle,
				displayName: row.display_name
			},
			state: row.state === 'winner' ? 'winner' : 'waitlist',
			rank: Number(row.rank),
			wonSeq: row.won_seq === null ? null : Number(row.won_seq),
			claimedAt: row.claimed_at.getTime()
		};
		const list = byItem.get(claim.item);
		if (list) list.push(claim);
		else byItem.set(claim.item, [claim]);
	}
	return byItem;
}

async function readItems(db: Kysely<Database>, showId: string): Promise<Map<string, ItemClaims>> {
	const claims = await readActiveClaims(db, showId);
	const rows = await db
		.selectFrom('items')
		.selectAll()
		.where('show_id', '=', showId)
		.where('removed_at', 'is', null)
		.orderBy('number')
		.execute();
	return new Map(
		rows.map((row) => {
			const number = String(row.number);
			const { id, title, quantity, state } = row;
			const changedSeq = Number(row.changed_seq);
			return [
				number,
				{ id, number, title, quantity, state, changedSeq, ...orderClaims(claims.get(number) ?? []) }
			];
		})
	);
}

async function readChannels(
	db: Kysely<Database>,
	showId: string
): Promise<Map<string, ChannelStatusChanged>> {
	const rows = await db
		.selectFrom('channels')
		.select(['id', 'platform', 'live_id', 'status', 'reason', 'detail'])
		.where('show_id', '=', showId)
		.orderBy('created_at')
		.execute();
	return new Map(
		rows.map(({ id, platform, live_id, status, reason, detail }) => [
			id,
			{ channelId: id, platform, liveId: live_id, status, reason, detail }
		])
	);
}

async function countFacts(db: Kysely<Database>, showId: string): Promise<Counters> {
	const counters = emptyCounters();
	const comments = await db
		.selectFrom('comments')
		.select(['outcome', sql<string>`count(*)`.as('count')])
		.where('show_id', '=', showId)
		.groupBy('outcome')
		.execute();
	for (const { outcome, count } of comments) counters[outcome] = Number(count);
	const changes = await db
		.selectFrom('events')
		.select(['type', sql<string>`count(*)`.as('count')])
		.where('show_id', '=', showId)
		.where('type', 'in', ['claim.released', 'claim.promoted'])
		.where('type', '<>', 'comment.received')
		.groupBy('type')
		.execute();
	for (const { type, count } of changes) {
		counters[type === 'claim.released' ? 'released' : 'promoted'] = Number(count);
	}
	return counters;
}

/**
 * The show's state as the tables hold it, built from the rows that people read, not from the events:
 * so that its digest proves the projections. Null for a show that does not exist. Reads one snapshot.
 */
export async function readPostgresState(db: Db, showId: string): Promise<ShowState | null> {
	return await db
		.transaction()
		.setIsolationLevel('repeatable read')
		.setAccessMode('read only')
		.execute(async (tx) => {
			await allowLongStatements(tx);
			const show = await tx
				.selectFrom('shows')
				.selectAll()
				.where('id', '=', showId)
				.executeTakeFirst();
			if (!show) return null;
			return {
				showId,
				epoch: show.epoch,
				seq: Number(show.last_seq),
				status: show.status,
				settings: { name: show.name, claimWord: show.claim_word, passWord: show.pass_word },
				items: await readItems(tx, showId),
				showing: show.showing === null ? null : String(show.showing),
				channels: await readChannels(tx, showId),
				counters: await countFacts(tx, showId)
			};
		});
}

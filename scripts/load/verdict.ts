import type { AppContext } from '../../src/lib/server/context.ts';
import { readLiveState } from '../../src/lib/server/allocator/live-state.ts';
import { showDigests } from '../../src/lib/server/history/digest.ts';
import { persistedEvents } from '../../src/lib/server/history/event-log.ts';
import { persistedPosition } from '../../src/lib/server/history/postgres-state.ts';
import type { ShowEvent } from '../../src/lib/domain/events.ts';
import { judge } from '../chaos/checks/all.ts';
import type { LoadShow } from './shows.ts';

export type ShowVerdict = {
	readonly events: number;
	/** Log, Redis and Postgres; equal, or something is broken. */
	readonly digest: string | null;
	/** Every rule that does not hold. */
	readonly violations: readonly string[];
};

/** Outcomes that depend on nothing but the comments and their order. */
const COUNTED = ['comments', 'winner', 'waitlist', 'pass', 'duplicate_buyer', 'none'];

/** Holds a show that has come to rest against the rules, its log and the count of its inventor. */
export async function judgeShow(
	context: AppContext,
	show: LoadShow,
	counts: Readonly<Record<string, number>>
): Promise<ShowVerdict> {
	const { showId, expected } = show;
	const { db, redis, scripts } = context;
	const live = await readLiveState(redis, scripts, showId);
	const cursor = await persistedPosition(db, showId);
	if (!live || !cursor) {
		return { events: 0, digest: null, violations: [`${showId} is not in Redis any more`] };
	}
	const log: ShowEvent[] = [];
	for await (const event of persistedEvents(db, showId)) log.push(event);
	const digests = await showDigests(db, redis, scripts, showId);
	const findings = judge({
		showId,
		history: [],
		log,
		commits: [],
		live: live.state,
		postgresEpoch: cursor.epoch,
		digests,
		consoles: []
	});
	const miscounts = COUNTED.filter((name) => counts[name] !== expected[name]).map(
		(name) => `${name}: ${counts[name]} in place of ${expected[name]}`
	);
	return {
		events: log.length,
		digest: digests.events,
		violations: [...findings.map(({ kind, message }) => `${kind}: ${message}`), ...miscounts]
	};
}

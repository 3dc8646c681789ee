import { commentCount } from '../../../domain/show-state.ts';
import type { ShowState } from '../../../domain/show-state.ts';
import { readLiveState } from '../../allocator/live-state.ts';
import type { LiveIndexes } from '../../allocator/live-state.ts';
import type { RedisClient } from '../../redis/run-script.ts';
import type { LuaScript } from '../../redis/script-loader.ts';
import type { Db } from '../database.ts';
import { stateDigest } from '../digest.ts';
import { isAbreast } from '../live-log.ts';
import { persistedPosition, readPostgresState } from '../postgres-state.ts';
import { SplitHistoryError } from '../write-behind.ts';
import type { WriteBehind } from '../write-behind.ts';
import { LogFaultError } from './log-folds.ts';
import type { LogFolds } from './log-folds.ts';
import type { Inspection, Mismatch } from './mismatch.ts';

export type InspectOptions = {
	readonly db: Db;
	readonly redis: RedisClient;
	readonly scripts: ReadonlyMap<string, LuaScript>;
	readonly writeBehind: Pick<WriteBehind, 'persist'>;
};

type Live = NonNullable<Awaited<ReturnType<typeof readLiveState>>>;

const MOVED: Inspection = { result: 'moved', mismatches: [] };

function found(...mismatches: Mismatch[]): Inspection {
	return { result: mismatches.length === 0 ? 'agree' : 'mismatch', mismatches };
}

/**
 * Compares what Redis, the log and the rows say of a show. Nothing stands still for it: the state in Redis
 * is read at one instant, with its seq `s`; then Postgres is waited for until it has the log up to there;
 * its rows are read at their own position, beyond `s` perhaps; and the log is folded to both. So a show at
 * full speed agrees. Changes nothing but the write-behind's cursor.
 */
export async function inspectShow(
	options: InspectOptions,
	showId: string,
	folds: LogFolds
): Promise<Inspection> {
	const { db, redis, scripts, writeBehind } = options;
	// Before Redis: both only grow, so the other way round a healthy show could look damaged.
	const cursor = await persistedPosition(db, showId);
	if (!cursor) return MOVED;
	const live = await readLiveState(redis, scripts, showId);
	if (live) {
		const { epoch, seq } = live.state;
		if (!isAbreast({ epoch, seq, persistedSeq: live.persistedSeq }, cursor)) {
			const detail = epoch === cursor.epoch ? 'older_state' : 'old_copy';
			return found({ kind: 'redis_behind', seq, detail });
		}
		try {
			await writeBehind.persist(showId);
		} catch (error) {
			if (!(error instanceof SplitHistoryError)) throw error;
			return found({ kind: 'stream_gap', seq: cursor.seq + 1, detail: 'unpersisted_events_lost' });
		}
	}
	const rows = await readPostgresState(db, showId);
	if (!rows) return MOVED;
	if (live && rows.seq < live.state.seq) return MOVED;
	if (rows.epoch !== cursor.epoch && rows.epoch !== live?.state.epoch) return MOVED;
	try {
		return found(...(await compare(showId, live, rows, folds)));
	} catch (error) {
		if (error instanceof LogFaultError) return found(error.mismatch);
		throw error;
	}
}

async function compare(
	showId: string,
	live: Live | null,
	rows: ShowState,
	folds: LogFolds
): Promise<Mismatch[]> {
	const mismatches: Mismatch[] = [];
	if (live) {
		const { seq } = live.state;
		const log = await folds.foldTo(showId, rows.settings, seq);
		if (stateDigest(log) !== stateDigest(live.state)) {
			mismatches.push({ kind: 'redis_differs', seq, detail: 'state' });
		} else {
			const wrong = wrongIndex(live.state, live.indexes);
			if (wrong) mismatches.push({ kind: 'redis_differs', seq, detail: wrong });
		}
	} else if (rows.status === 'active' || rows.status === 'paused') {
		mismatches.push({ kind: 'redis_missing', seq: rows.seq, detail: rows.status });
	}
	const log = await folds.foldTo(showId, rows.settings, rows.seq);
	if (stateDigest(log) !== stateDigest(rows)) {
		mismatches.push({ kind: 'rows_differ', seq: rows.seq, detail: 'state' });
	}
	return mismatches;
}

/** Which of the figures that scripts decide by contradicts the state; null: none. */
function wrongIndex(state: ShowState, { won, waiting, comments }: LiveIndexes): string | null {
	const items = [...state.items.values()];
	if (items.some(({ number, winners }) => won.get(number) !== winners.length)) return 'won';
	if (items.reduce((sum, { waitlist }) => sum + waitlist.length, 0) !== waiting) return 'queue';
	// An ended show takes no comments, and one that was rebuilt then does without their identities.
	const taking = state.status === 'active' || state.status === 'paused';
	return taking && comments !== commentCount(state.counters) ? 'comments' : null;
}

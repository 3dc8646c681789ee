import { z } from 'zod';
import type { LogPosition } from '../../domain/events.ts';
import { showKey } from '../redis/keys.ts';
import type { RedisClient } from '../redis/run-script.ts';

/** How far the log that Redis holds goes, and up to where Redis knows it to be in Postgres. */
export type LiveLog = LogPosition & {
	readonly persistedSeq: number;
	/** Taken out of use (lua/retire.lua): the log may be read, and the show must be rebuilt. */
	readonly retired: boolean;
};

const fieldsSchema = z.tuple([
	z.string(),
	z.coerce.number().int(),
	z.coerce.number().int(),
	z.string().nullable()
]);

/** Null when Redis does not hold the show. */
export async function readLiveLog(redis: RedisClient, showId: string): Promise<LiveLog | null> {
	const fields = await redis.hmget(showKey(showId, 'meta'), 'epoch', 'seq', 'persisted', 'status');
	if (fields[0] === null) return null;
	const [epoch, seq, persistedSeq, status] = fieldsSchema.parse(fields);
	return { epoch, seq, persistedSeq, retired: status === null };
}

/**
 * Whether the log in Redis goes on from where Postgres stands. Under the same epoch it does unless
 * Postgres is ahead: then Redis fell back. Under another one it does only if Postgres still stands
 * where Redis saw it last (a rebuild that was begun and not finished); else Redis holds an old copy.
 * Read the cursor before the live log: both only grow, so the other way round a healthy show could
 * look damaged.
 */
export function continuesHistory(live: Omit<LiveLog, 'retired'>, cursor: LogPosition): boolean {
	return live.epoch === cursor.epoch ? live.seq >= cursor.seq : live.persistedSeq === cursor.seq;
}

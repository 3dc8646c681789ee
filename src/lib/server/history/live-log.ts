import { z } from 'zod';
import { isSameEvent } from '../../domain/events.ts';
import type { LogPosition, ShowEvent } from '../../domain/events.ts';
import { readEvents } from '../allocator/event-stream.ts';
import { showKey } from '../redis/keys.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { Db } from './database.ts';
import { readPersistedEvents } from './event-log.ts';

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
const FIELDS = ['epoch', 'seq', 'persisted', 'status'] as const;

/** Null when Redis does not hold the show. */
export async function readLiveLog(redis: RedisClient, showId: string): Promise<LiveLog | null> {
	const fields = await redis.hmget(showKey(showId, 'meta'), ...FIELDS);
	if (fields[0] === null) return null;
	const [epoch, seq, persistedSeq, status] = fieldsSchema.parse(fields);
	return { epoch, seq, persistedSeq, retired: status === null };
}

/**
 * Whether the log in Redis may go on from where Postgres stands, by its position. Under the same epoch it
 * may unless Postgres is ahead: then Redis fell back. Under another one it may only if Postgres still
 * stands where Redis saw it last (a rebuild that was begun and not finished); else Redis holds an old
 * copy. Read the cursor before the live log: both only grow, so the other way round a healthy show could
 * look damaged.
 */
export function isAbreast(live: Omit<LiveLog, 'retired'>, cursor: LogPosition): boolean {
	return live.epoch === cursor.epoch ? live.seq >= cursor.seq : live.persistedSeq === cursor.seq;
}

/**
 * Whether Postgres holds this very event. A Redis that fell back behind Postgres and then took more
 * comments, of a process that knew no better, stands where a healthy one would; its events differ.
 * True also when Postgres has none at that seq.
 */
export async function agreesWithHistory(
	db: Db,
	showId: string,
	event: ShowEvent
): Promise<boolean> {
	const [persisted] = await readPersistedEvents(db, showId, event.seq, 1);
	return persisted?.seq !== event.seq || isSameEvent(persisted, event);
}

/**
 * Whether the log in Redis goes on from where Postgres stands: by the last event that both hold. A stream
 * that does not reach back to it has begun there, with a rebuild: then its position tells.
 */
export async function continuesHistory(
	{ db, redis }: { readonly db: Db; readonly redis: RedisClient },
	showId: string,
	live: LiveLog,
	cursor: LogPosition
): Promise<boolean> {
	const isAhead = live.seq >= cursor.seq;
	const [joint] = isAhead ? await readEvents(redis, showId, cursor.seq, 1) : [];
	// Also where Redis was not told that Postgres has it: whoever wrote it died before, or was slow.
	if (joint?.seq === cursor.seq) return await agreesWithHistory(db, showId, joint);
	return isAbreast(live, cursor);
}

import type { ShowEvent } from '../../domain/events.ts';
import { parseEvent } from '../event-schema.ts';
import { showKey } from '../redis/keys.ts';
import type { RedisClient } from '../redis/run-script.ts';

/** Reads events of the stream in order of seq, at most `limit`, from `fromSeq` on (inclusive). */
export async function readEvents(
	redis: RedisClient,
	showId: string,
	fromSeq: number,
	limit: number
): Promise<ShowEvent[]> {
	return await readEventsOf(redis, showKey(showId, 'events'), fromSeq, limit);
}

/** As `readEvents`, of a log under another key. */
export async function readEventsOf(
	redis: RedisClient,
	key: string,
	fromSeq: number,
	limit: number
): Promise<ShowEvent[]> {
	const entries = await redis.xrange(key, `${fromSeq}-0`, '+', 'COUNT', limit);
	return entries.map(([, fields]) => parseEvent(fields[1] ?? ''));
}

/** The newest events up to `toSeq` (inclusive), at most `limit`, oldest first. */
export async function readNewestEvents(
	redis: RedisClient,
	showId: string,
	toSeq: number,
	limit: number
): Promise<ShowEvent[]> {
	const key = showKey(showId, 'events');
	const entries = await redis.xrevrange(key, `${toSeq}-0`, '-', 'COUNT', limit);
	return entries.map(([, fields]) => parseEvent(fields[1] ?? '')).reverse();
}

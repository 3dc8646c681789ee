import { SHOW_KEYS, showKey } from './keys.ts';
import type { RedisClient } from './run-script.ts';

const keysOf = (showId: string): string[] => SHOW_KEYS.map((key) => showKey(showId, key));

/** Lets a show's keys go by themselves, in case whoever is about to erase them does not get to it. */
export async function expireShow(
	redis: RedisClient,
	showId: string,
	seconds: number
): Promise<void> {
	await Promise.all(keysOf(showId).map((key) => redis.expire(key, seconds)));
}

/**
 * Erases a show's keys. Call once Postgres does not know the show any more, or it is rebuilt from there.
 * Leases, answers of actions and what a rebuild had staged end by themselves, within minutes; a log that
 * was put aside (lua/restore-commit.lua) and not yet taken in again, within a day.
 */
export async function eraseShow(redis: RedisClient, showId: string): Promise<void> {
	await redis.unlink(...keysOf(showId));
}

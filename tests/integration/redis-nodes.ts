import { Cluster } from 'ioredis';
import type { Redis } from 'ioredis';
import type { RedisClient } from '../../src/lib/server/redis/run-script.ts';

/*
 * What concerns a whole Redis: on a cluster such a command reaches only the server that it is sent to,
 * so each master is asked.
 */

/** The servers that hold keys: a cluster's masters, or the one server. */
export async function masters(redis: RedisClient): Promise<readonly Redis[]> {
	if (!(redis instanceof Cluster)) return [redis];
	// Its nodes are known once it is connected.
	await redis.ping();
	return redis.nodes('master');
}

/** Loses every key, of this worker's database or cluster. */
export async function emptyRedis(redis: RedisClient): Promise<void> {
	await Promise.all((await masters(redis)).map((node) => node.flushdb()));
}

/** All keys that match a pattern of KEYS. */
export async function keysLike(redis: RedisClient, pattern: string): Promise<string[]> {
	const found = await Promise.all((await masters(redis)).map((node) => node.keys(pattern)));
	return found.flat();
}

export async function countKeys(redis: RedisClient): Promise<number> {
	const counts = await Promise.all((await masters(redis)).map((node) => node.dbsize()));
	return counts.reduce((sum, count) => sum + count, 0);
}

/** Every server forgets the scripts that it has been sent. */
export async function forgetScripts(redis: RedisClient): Promise<void> {
	await Promise.all((await masters(redis)).map((node) => node.script('FLUSH')));
}

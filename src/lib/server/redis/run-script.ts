import type { Cluster, Redis } from 'ioredis';
import type { LuaScript } from './script-loader.ts';

/** A connection that commands go through: one server, or a cluster. */
export type RedisClient = Redis | Cluster;

/**
 * Runs a script by its SHA, and by its source when the server does not have it (a restart or a
 * SCRIPT FLUSH empties its cache). Each call is one command: nothing else runs in between.
 */
export async function runScript(
	redis: RedisClient,
	script: LuaScript,
	keys: readonly string[],
	args: readonly string[]
): Promise<unknown> {
	try {
		return await redis.evalsha(script.sha, keys.length, ...keys, ...args);
	} catch (error) {
		if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
		return await redis.eval(script.source, keys.length, ...keys, ...args);
	}
}

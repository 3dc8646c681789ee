import { pingDatabase } from '../history/database.ts';
import type { Db } from '../history/database.ts';
import type { RedisClient } from '../redis/run-script.ts';

/** A dependency that takes longer than this is as good as away. */
const CHECK_TIMEOUT_MS = 2_000;

export type Health = {
	readonly status: 'ok' | 'unavailable';
	readonly checks: { readonly redis: 'ok' | 'failed'; readonly postgres: 'ok' | 'failed' };
};

async function succeeds(check: Promise<unknown>): Promise<'ok' | 'failed'> {
	const timeout = Promise.withResolvers<never>();
	const timer = setTimeout(() => timeout.reject(new Error('timed out')), CHECK_TIMEOUT_MS);
	try {
		await Promise.race([check, timeout.promise]);
		return 'ok';
	} catch {
		return 'failed';
	} finally {
		clearTimeout(timer);
	}
}

/** Asks Redis and Postgres whether they answer. Never throws; takes two seconds at most. */
export async function checkHealth(services: {
	readonly redis: RedisClient;
	readonly db: Db;
}): Promise<Health> {
	const [redis, postgres] = await Promise.all([
		succeeds(services.redis.ping()),
		succeeds(pingDatabase(services.db))
	]);
	const status = redis === 'ok' && postgres === 'ok' ? 'ok' : 'unavailable';
	return { status, checks: { redis, postgres } };
}

import type { Config } from '../config.ts';
import type { Logger } from '../observability/logger.ts';
import type { RedisClient } from './run-script.ts';

/** Oldest server whose scripts and shard channels we use (Valkey reports a Redis version too). */
const MIN_MAJOR_VERSION = 7;

export type ServerReport = {
	/** What must be changed before money hangs on it; empty for a server as docs/operations asks. */
	readonly warnings: readonly string[];
	/** What we can't run on at all. */
	readonly faults: readonly string[];
};

async function setting(redis: RedisClient, name: string): Promise<string | null> {
	const reply: unknown = await redis.config('GET', name);
	if (Array.isArray(reply)) return typeof reply[1] === 'string' ? reply[1] : null;
	if (typeof reply !== 'object' || reply === null) return null;
	const value: unknown = Object.values(reply)[0];
	return typeof value === 'string' ? value : null;
}

/**
 * Compares the server's settings with what keeps an acknowledged claim (DESIGN §5). Hosted servers
 * often forbid CONFIG; then the report says that nothing could be checked.
 */
export async function inspectServer(redis: RedisClient): Promise<ServerReport> {
	const version = /redis_version:(\d+)/.exec(await redis.info('server'))?.[1];
	const faults =
		version !== undefined && Number(version) < MIN_MAJOR_VERSION
			? [`the Redis server has version ${version}; ${MIN_MAJOR_VERSION} or newer is needed`]
			: [];
	try {
		const appendOnly = await setting(redis, 'appendonly');
		const fsync = await setting(redis, 'appendfsync');
		const policy = await setting(redis, 'maxmemory-policy');
		const warnings: string[] = [];
		if (appendOnly !== 'yes') {
			warnings.push('appendonly is off: a restart of Redis loses what Postgres does not have yet');
		} else if (fsync !== 'always') {
			warnings.push(`appendfsync is ${fsync}: a crash of Redis can lose the last second of claims`);
		}
		if (policy !== 'noeviction') {
			warnings.push(`maxmemory-policy is ${policy}: Redis may throw away live shows`);
		}
		return { warnings, faults };
	} catch {
		return { warnings: ['CONFIG is not allowed, so durability could not be checked'], faults };
	}
}

/** Throws for a server that we can't run on; in production, logs what should be changed. */
export async function checkServer(
	redis: RedisClient,
	environment: Config['environment'],
	logger: Logger
): Promise<void> {
	const { warnings, faults } = await inspectServer(redis);
	if (faults.length > 0) throw new Error(faults.join('; '));
	if (environment !== 'production') return;
	for (const warning of warnings) logger.warn(`redis: ${warning} (see docs/operations)`);
}

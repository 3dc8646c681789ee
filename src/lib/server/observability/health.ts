import { missingMigrations, pingDatabase } from '../history/database.ts';
import type { Db } from '../history/database.ts';
import type { RedisClient } from '../redis/run-script.ts';
import { pingRedis } from '../redis/server-figures.ts';
import { ensureScripts } from '../redis/server-scripts.ts';
import type { LuaScript } from '../redis/script-loader.ts';
import type { Logger } from './logger.ts';
import { TimeLimitError, withTimeLimit } from './time-limit.ts';

/** A dependency that takes longer than this is as good as away. */
const CHECK_TIMEOUT_MS = 2_000;

/** Why a check failed. Says nothing that a stranger could use: the log has the details. */
export type HealthReason =
	/** No answer in time. */
	| 'timeout'
	/** It could not be asked, or answered with an error. */
	| 'failed'
	/** Redis refuses one of our scripts. */
	| 'script_refused'
	/** The schema lacks migrations that this version needs: run `npm run migrate`. */
	| 'migrations_missing';

export type CheckResult = 'ok' | HealthReason;

export type Health = {
	readonly status: 'ok' | 'unavailable' | 'shutting_down';
	readonly checks: {
		readonly redis: CheckResult;
		readonly postgres: CheckResult;
		readonly scripts: CheckResult;
		readonly migrations: CheckResult;
	};
};

export type HealthOptions = {
	readonly redis: RedisClient;
	readonly db: Db;
	readonly scripts: ReadonlyMap<string, LuaScript>;
	readonly logger: Logger;
};

/** Whether the process can do its work. */
export class HealthCheck {
	readonly #options: HealthOptions;
	#running: Promise<Health> | null = null;
	#last = '';
	#shuttingDown = false;

	constructor(options: HealthOptions) {
		this.#options = options;
	}

	/** From now on the process is not ready, so that nobody sends it anything new. */
	startShutdown(): void {
		this.#shuttingDown = true;
	}

	/**
	 * Asks Redis and Postgres, and whether both are as this version needs them. Never throws; takes two
	 * seconds at most. Probes that come at once share one check.
	 */
	async check(): Promise<Health> {
		this.#running ??= this.#check().finally(() => {
			this.#running = null;
		});
		return await this.#running;
	}

	async #check(): Promise<Health> {
		const { redis, db, scripts } = this.#options;
		const results = await Promise.all([
			this.#result('redis', () => pingRedis(redis)),
			this.#result('postgres', () => pingDatabase(db)),
			this.#result('scripts', async () => {
				const refused = await ensureScripts(redis, scripts);
				if (refused.length > 0) throw new RefusedError('script_refused', refused);
			}),
			this.#result('migrations', async () => {
				const missing = await missingMigrations(db);
				if (missing.length > 0) throw new RefusedError('migrations_missing', missing);
			})
		]);
		const [ofRedis, ofPostgres, ofScripts, ofMigrations] = results;
		const checks = {
			redis: ofRedis,
			postgres: ofPostgres,
			scripts: ofScripts,
			migrations: ofMigrations
		};
		this.#tell(checks);
		if (this.#shuttingDown) return { status: 'shutting_down', checks };
		const isReady = results.every((result) => result === 'ok');
		return { status: isReady ? 'ok' : 'unavailable', checks };
	}

	async #result(check: string, ask: () => Promise<unknown>): Promise<CheckResult> {
		try {
			await withTimeLimit(CHECK_TIMEOUT_MS, ask());
			return 'ok';
		} catch (error) {
			if (error instanceof TimeLimitError) return 'timeout';
			this.#options.logger.debug({ err: error, check }, 'a health check failed');
			return error instanceof RefusedError ? error.reason : 'failed';
		}
	}

	/** One line when readiness changes, not one for every probe. */
	#tell(checks: Health['checks']): void {
		const { logger } = this.#options;
		const failed = Object.entries(checks).filter(([, result]) => result !== 'ok');
		const text = failed.map(([check, result]) => `${check}: ${result}`).join(', ');
		if (text === this.#last) return;
		this.#last = text;
		if (text === '') logger.info('ready again');
		else logger.warn({ failed: Object.fromEntries(failed) }, 'not ready');
	}
}

class RefusedError extends Error {
	override readonly name = 'RefusedError';
	readonly reason: HealthReason;

	constructor(reason: HealthReason, what: readonly string[]) {
		super(`${reason}: ${what.join(', ')}`);
		this.reason = reason;
	}
}

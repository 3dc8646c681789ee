import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../../src/lib/server/config.ts';
import { createAppContext } from '../../../src/lib/server/context.ts';
import type { AppContext } from '../../../src/lib/server/context.ts';
import { migrateToLatest } from '../../../src/lib/server/history/database.ts';
import { FakeMeta } from '../../fake-meta/server.ts';
import { LOOPBACK_TOKEN_KEYS } from '../../lib/meta-loopback.ts';
import { freePort } from '../../services/loopback.ts';
import { temporaryHome } from '../../services/postgres-home.ts';
import { AppProcess } from './app-process.ts';
import { PostgresUnderTest, RedisUnderTest } from './database-servers.ts';
import { startNetwork, through } from './network.ts';
import type { Network } from './network.ts';
import { watchCommits } from './commit-watch.ts';

/** Everything that a round plays on; it stays from round to round. */
export type Stage = {
	/** Histories and logs of processes. */
	readonly folder: string;
	readonly redis: RedisUnderTest;
	readonly postgres: PostgresUnderTest;
	readonly network: Network;
	readonly web: AppProcess;
	/** Two, so that one takes over from the other. */
	readonly workers: readonly [AppProcess, AppProcess];
	/** Looks at Redis and Postgres past every trouble, and changes nothing of a show. */
	readonly observer: AppContext;
	readonly meta: FakeMeta;
	readonly origin: string;
	/** Sets how Redis flushes its append-only file, now and after each restart. */
	flushes(mode: 'always' | 'everysec'): Promise<void>;
	/** Starts it on what it left behind, and sends everybody there. */
	restartRedis(): Promise<void>;
	restartPostgres(): Promise<void>;
	/** Starts what is dead, thaws what is frozen, mends the network; returns when all of it answers. */
	revive(): Promise<void>;
	close(): Promise<void>;
};

/** Comments of a live wait so long for an earlier one; short, for rounds are. */
const ORDER_WINDOW_MS = '50';
const READY_TIMEOUT_MS = 60_000;

/** Starts servers, proxies and processes, on loopback and on data of their own. */
export async function openStage(redisServer: string, signal: AbortSignal): Promise<Stage> {
	const folder = await temporaryHome();
	const closers: (() => Promise<unknown>)[] = [
		() => rm(folder, { recursive: true, force: true, maxRetries: 5 })
	];
	const close = async (): Promise<void> => {
		for (const closer of closers.splice(0).reverse()) await closer().catch(() => undefined);
	};
	try {
		const data = join(folder, 'data');
		await mkdir(data, { mode: 0o711 });
		const redis = new RedisUnderTest(redisServer, data);
		const postgres = new PostgresUnderTest(data);
		closers.push(() => Promise.all([redis.stop(), postgres.stop()]));
		await Promise.all([redis.start(), postgres.start()]);
		const network = await startNetwork();
		closers.push(() => network.close());
		network.aim({ redis: redis.port, postgres: postgres.port });
		const meta = await FakeMeta.start({ knobs: { dialog: { mode: 'grant' } } });
		closers.push(() => meta.stop());

		const env = (redisProxy: typeof network.redis.web, pgProxy: typeof network.postgres.web) => ({
			...meta.env,
			NODE_ENV: 'test',
			TOKEN_KEYS: LOOPBACK_TOKEN_KEYS,
			COMMENT_ORDER_WINDOW_MS: ORDER_WINDOW_MS,
			REDIS_URL: through(redisProxy, redis.url),
			DATABASE_URL: through(pgProxy, postgres.url)
		});
		const observer = await createAppContext(
			readConfig({
				...env(network.observer.redis, network.observer.postgres),
				ROLE: 'web',
				LOG_LEVEL: 'silent'
			})
		);
		closers.push(() => observer.close());
		await migrateToLatest(observer.db);
		await watchCommits(observer.db);

		const port = await freePort();
		const origin = `http://localhost:${port}`;
		const web = new AppProcess('web', folder, {
			...env(network.redis.web, network.postgres.web),
			...{ ROLE: 'web', HOST: '127.0.0.1', PORT: String(port), ORIGIN: origin }
		});
		const workerEnv = {
			...env(network.redis.worker, network.postgres.worker),
			ROLE: 'worker'
		};
		const workers: readonly [AppProcess, AppProcess] = [
			new AppProcess('worker-a', folder, workerEnv),
			new AppProcess('worker-b', folder, workerEnv)
		];
		const processes = [web, ...workers];
		closers.push(() => Promise.all(processes.map((process) => process.stop())));

		const revive = async (): Promise<void> => {
			network.heal();
			for (const process of processes) {
				process.thaw();
				if (!process.isRunning) process.start();
			}
			await untilReady(`http://127.0.0.1:${port}/health/ready`, signal);
		};
		await revive();
		const aim = (): void => network.aim({ redis: redis.port, postgres: postgres.port });
		return {
			...{ folder, redis, postgres, network, web, workers, observer, meta, origin },
			flushes: (mode) => redis.flushes(mode),
			async restartRedis() {
				await redis.start();
				aim();
			},
			async restartPostgres() {
				await postgres.start();
				aim();
			},
			revive,
			close
		};
	} catch (error) {
		await close();
		throw error;
	}
}

async function untilReady(url: string, signal: AbortSignal): Promise<void> {
	const deadline = performance.now() + READY_TIMEOUT_MS;
	for (;;) {
		signal.throwIfAborted();
		try {
			if ((await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok) return;
		} catch {
			// Not there yet.
		}
		if (performance.now() > deadline) throw new Error('the web process did not become ready');
		await sleep(50);
	}
}

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/lib/server/config.ts';
import { createAppContext } from '../../src/lib/server/context.ts';
import type { AppContext } from '../../src/lib/server/context.ts';
import { migrateToLatest } from '../../src/lib/server/history/database.ts';
import { ensureServices } from '../services/ensure.ts';
import { startRedisCluster } from '../services/redis-cluster.ts';
import type { RunningCluster } from '../services/redis-cluster.ts';
import { findRedisServer } from '../services/redis-server.ts';

/** A cluster of three masters with a replica each, a Postgres, two web processes and a worker. */
export type FailoverStage = {
	readonly cluster: RunningCluster;
	/** Each has seen only what it did itself. */
	readonly webs: readonly [AppContext, AppContext];
	readonly workspaceId: string;
	close(): Promise<void>;
};

export type StageOptions = {
	/** Silence after which the cluster gives a master up. */
	readonly nodeTimeoutMs: number;
	/** A Postgres to use; without it one is started. */
	readonly databaseUrl?: string | undefined;
};

const MASTERS = 3;

export async function openStage(options: StageOptions): Promise<FailoverStage> {
	const executable = await findRedisServer();
	if (executable === undefined) {
		throw new Error(
			'A failover needs redis-server or valkey-server, version 7 or later, on the PATH.'
		);
	}
	const dataDir = await mkdtemp(join(tmpdir(), 'sellary-failover-'));
	const cleanUp = [() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 })];
	const close = async (): Promise<void> => {
		for (const step of cleanUp.splice(0).reverse()) await step();
	};
	try {
		const cluster = await startRedisCluster({
			executable,
			dataDir,
			masters: MASTERS,
			replicasPerMaster: 1,
			nodeTimeoutMs: options.nodeTimeoutMs,
			durable: true
		});
		cleanUp.push(() => cluster.stop());
		const services = await ensureServices({
			redisUrl: cluster.url,
			databaseUrl: options.databaseUrl,
			ephemeral: true
		});
		cleanUp.push(() => services.stop());
		const start = async (role: 'web' | 'worker'): Promise<AppContext> => {
			const context = await createAppContext(
				readConfig({
					NODE_ENV: 'test',
					LOG_LEVEL: 'silent',
					ROLE: role,
					REDIS_URL: cluster.url,
					REDIS_CLUSTER: 'true',
					DATABASE_URL: services.databaseUrl
				})
			);
			cleanUp.push(() => context.close());
			return context;
		};
		const web = await start('web');
		await migrateToLatest(web.db);
		const webs = [web, await start('web')] as const;
		await start('worker');
		const workspaceId = randomUUID();
		await web.db.insertInto('workspaces').values({ id: workspaceId, name: 'Drill' }).execute();
		return { cluster, webs, workspaceId, close };
	} catch (error) {
		await close();
		throw error;
	}
}

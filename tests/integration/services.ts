import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureServices } from '../../scripts/services/ensure.ts';
import { startRedisCluster } from '../../scripts/services/redis-cluster.ts';
import type { RunningCluster } from '../../scripts/services/redis-cluster.ts';
import { findRedisServer } from '../../scripts/services/redis-server.ts';

declare module 'vitest' {
	// eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- only interfaces merge
	export interface ProvidedContext {
		/** One server for all workers, who take a database number each; or a cluster for each worker. */
		redisUrls: readonly string[];
		databaseUrl: string;
		redisKind: 'wasm' | 'server' | 'cluster';
	}
}

const MASTERS = 3;

/** Starts a fresh Postgres and the named Redis for one run of the suite, and throws them away after it. */
export async function provideServices(
	project: TestProject,
	redisKind: 'wasm' | 'server'
): Promise<() => Promise<void>> {
	const services = await ensureServices({ redisKind, ephemeral: true });
	project.provide('redisUrls', [services.redisUrl]);
	project.provide('databaseUrl', services.databaseUrl);
	project.provide('redisKind', redisKind);
	return () => services.stop();
}

/**
 * The same with a Redis Cluster for each worker: a cluster has one database only, and a test that
 * empties it must not empty another test's.
 */
export async function provideCluster(project: TestProject): Promise<() => Promise<void>> {
	const executable = await findRedisServer();
	if (executable === undefined) throw new Error('a cluster needs redis-server or valkey-server');
	const dataDir = await mkdtemp(join(tmpdir(), 'sellary-cluster-'));
	const clusters: RunningCluster[] = [];
	const cleanUp = async (): Promise<void> => {
		await Promise.all(clusters.map((cluster) => cluster.stop()));
		await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
	};
	try {
		for (let worker = 0; worker < project.vitest.config.maxWorkers; worker++) {
			const folder = join(dataDir, String(worker));
			clusters.push(await startRedisCluster({ executable, dataDir: folder, masters: MASTERS }));
		}
		const redisUrls = clusters.map(({ url }) => url);
		// Only Postgres is started: a Redis is there.
		const services = await ensureServices({ redisUrl: redisUrls[0], ephemeral: true });
		project.provide('redisUrls', redisUrls);
		project.provide('databaseUrl', services.databaseUrl);
		project.provide('redisKind', 'cluster');
		return async () => {
			await services.stop();
			await cleanUp();
		};
	} catch (error) {
		await cleanUp();
		throw error;
	}
}

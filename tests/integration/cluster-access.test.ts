import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startRedisCluster } from '../../scripts/services/redis-cluster.ts';
import type { RunningCluster } from '../../scripts/services/redis-cluster.ts';
import { findRedisServer } from '../../scripts/services/redis-server.ts';
import { connectRedis } from '../../src/lib/server/redis/connections.ts';
import { inspectServer } from '../../src/lib/server/redis/durability.ts';
import { onCluster } from './harness.ts';

const PASSWORD = 'p@ss:word/1';

describe.runIf(onCluster)('a cluster that asks for a password', () => {
	let folder: string;
	let cluster: RunningCluster;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'sellary-cluster-'));
		cluster = await startRedisCluster({
			executable: (await findRedisServer()) ?? '',
			dataDir: folder,
			masters: 2,
			settings: { requirepass: PASSWORD, masterauth: PASSWORD }
		});
	});
	afterAll(async () => {
		await cluster.stop();
		await rm(folder, { recursive: true });
	});

	test('gets it at every server, though the URL names one', async () => {
		const url = new URL(cluster.url);
		url.password = encodeURIComponent(PASSWORD);
		const redis = connectRedis({ url: url.href, cluster: true }, 'commands', () => undefined);
		const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`);
		for (const key of keys) await redis.set(key, key);
		expect(await Promise.all(keys.map((key) => redis.get(key)))).toEqual(keys);
		redis.disconnect();
	});
});

describe.runIf(onCluster)('the settings of a cluster', () => {
	const [url = ''] = inject('redisUrls');

	test('are those of its masters: one that may lose claims is enough for a warning', async () => {
		const redis = connectRedis({ url, cluster: true }, 'commands', () => undefined);
		const { warnings, faults } = await inspectServer(redis);
		expect(faults).toEqual([]);
		expect(warnings).toEqual([expect.stringContaining('appendonly')]);
		redis.disconnect();
	});

	test('a node that is taken for a server of its own: the fault says what to set', async () => {
		const redis = connectRedis({ url, cluster: false }, 'commands', () => undefined);
		expect((await inspectServer(redis)).faults).toEqual([
			expect.stringContaining('REDIS_CLUSTER=true')
		]);
		redis.disconnect();
	});
});

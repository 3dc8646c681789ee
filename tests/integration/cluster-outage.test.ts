import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRedisCluster } from '../../scripts/services/redis-cluster.ts';
import type { RunningCluster } from '../../scripts/services/redis-cluster.ts';
import { findRedisServer } from '../../scripts/services/redis-server.ts';
import { connectRedis } from '../../src/lib/server/redis/connections.ts';
import type { RedisClient } from '../../src/lib/server/redis/run-script.ts';
import { pingRedis } from '../../src/lib/server/redis/server-figures.ts';
import { isOutage } from '../../src/lib/server/trpc/outage.ts';
import { onCluster } from './harness.ts';

describe.runIf(onCluster)('a cluster that is away as a whole', () => {
	let folder: string;
	let cluster: RunningCluster;
	let redis: RedisClient;
	const outcomeOf = (asked: Promise<unknown>): Promise<unknown> =>
		asked.catch((error: unknown) => error);

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'sellary-cluster-'));
		cluster = await startRedisCluster({
			executable: (await findRedisServer()) ?? '',
			dataDir: folder,
			masters: 2,
			durable: true
		});
		redis = connectRedis({ url: cluster.url, cluster: true }, 'commands', () => undefined);
		await redis.set('before', '1');
	});
	afterAll(async () => {
		redis.disconnect();
		await cluster.stop();
		await rm(folder, { recursive: true });
	});

	test('commands fail instead of piling up, and none of them is carried out when it is back', async () => {
		await pingRedis(redis);
		await Promise.all(cluster.nodes.map((node) => node.kill()));

		const first = await Promise.all(
			Array.from({ length: 50 }, (_, index) => outcomeOf(redis.incr(`given-up-${index}`)))
		);
		expect(first.filter((failure) => !isOutage(failure))).toEqual([]);
		// By now it is known that nobody is there: the next ones are not kept at all.
		const later = await Promise.all(
			Array.from({ length: 50 }, () => outcomeOf(redis.incr('given-up-later')))
		);
		expect(later.filter((failure) => !isOutage(failure))).toEqual([]);
		expect(isOutage(await outcomeOf(pingRedis(redis)))).toBe(true);

		await Promise.all(cluster.nodes.map((node) => node.restart()));
		await expect.poll(() => outcomeOf(redis.get('before')), { timeout: 30_000 }).toBe('1');
		const names = Array.from({ length: 50 }, (_, index) => `given-up-${index}`);
		const values = await Promise.all([...names, 'given-up-later'].map((key) => redis.get(key)));
		expect(values.filter((value) => value !== null)).toEqual([]);
		await expect.poll(() => outcomeOf(pingRedis(redis)), { timeout: 30_000 }).toBeUndefined();
	});
});

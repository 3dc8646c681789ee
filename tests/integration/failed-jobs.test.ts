import { Queue, Worker } from 'bullmq';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KEPT_FAILED } from '../../src/lib/server/jobs/failed-jobs.ts';
import { JOBS_PREFIX } from '../../src/lib/server/redis/keys.ts';
import { connectRedis } from '../../src/lib/server/redis/connections.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { until } from './probes.ts';

let app: TestContext;
beforeAll(async () => {
	app = await createTestContext({ env: { ROLE: 'web' } });
});
afterAll(() => app.close());

test('what a failed job holds is removed once it is a day old, and kept before', async () => {
	const connection = connectRedis(app.config.redis, 'worker', () => undefined);
	const queue = new Queue('tested', { connection, prefix: JOBS_PREFIX });
	const worker = new Worker('tested', () => Promise.reject(new Error('no')), {
		connection,
		prefix: JOBS_PREFIX
	});
	try {
		const options = { removeOnFail: KEPT_FAILED };
		const old = await queue.add('delivery', { raw: 'words of long ago' }, options);
		await until('it has failed', async () => (await queue.getFailedCount()) === 1);
		await queue.clean(KEPT_FAILED.age * 1_000, 1_000, 'failed');
		expect(await queue.getFailedCount()).toBe(1);
		const failed = queue.toKey('failed');
		const before = Date.now() - KEPT_FAILED.age * 1_000 - 1;
		await app.redis.zadd(failed, before, old.id ?? '');
		await app.redis.hset(queue.toKey(old.id ?? ''), 'finishedOn', before, 'timestamp', before);
		await queue.clean(KEPT_FAILED.age * 1_000, 1_000, 'failed');
		expect(await queue.getFailedCount()).toBe(0);
		expect(await app.redis.exists(queue.toKey(old.id ?? ''))).toBe(0);
	} finally {
		await worker.close();
		await queue.close();
		connection.disconnect();
	}
});

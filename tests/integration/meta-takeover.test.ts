import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Worker } from 'bullmq';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findChannel } from '../../src/lib/server/channels/channel-store.ts';
import { Lease } from '../../src/lib/server/channels/lease.ts';
import { MetaClient } from '../../src/lib/server/channels/meta/client.ts';
import { ChannelStreams } from '../../src/lib/server/channels/streams.ts';
import { WebhookQueue, startWebhookWorker } from '../../src/lib/server/jobs/webhook-jobs.ts';
import { connectRedis } from '../../src/lib/server/redis/connections.ts';
import { JOBS_PREFIX, leaseKey } from '../../src/lib/server/redis/keys.ts';
import type { RedisClient } from '../../src/lib/server/redis/run-script.ts';
import { liveState } from './probes.ts';
import { onCluster } from './harness.ts';
import {
	createMetaContext,
	loggedIds,
	openShop,
	until,
	untilLogged,
	untilStanding
} from './meta-harness.ts';
import type { MetaContext, Shop } from './meta-harness.ts';

let context: MetaContext;
let shop: Shop;
const processes: ChildProcess[] = [];
beforeAll(async () => {
	context = await createMetaContext({
		// Nobody but the processes of this test works the queues.
		env: { ROLE: 'web', FACEBOOK_POLL_ACTIVE_MS: '500', FACEBOOK_POLL_QUIET_MS: '500' }
	});
	shop = await openShop(context);
});
afterEach(async () => {
	for (const child of processes.splice(0)) {
		if (child.exitCode !== null || child.signalCode !== null) continue;
		child.kill('SIGKILL');
		await once(child, 'exit');
	}
});
afterAll(() => context.close());

/** A worker in a process of its own; resolves when it works. */
async function startWorker(): Promise<ChildProcess> {
	const { urls } = context.app;
	const child = spawn(process.execPath, [join(import.meta.dirname, 'meta-worker.ts')], {
		env: {
			...context.env,
			NODE_ENV: 'test',
			LOG_LEVEL: 'silent',
			ROLE: 'worker',
			REDIS_URL: urls.redis,
			REDIS_CLUSTER: String(onCluster),
			DATABASE_URL: urls.database
		},
		stdio: ['ignore', 'pipe', 'inherit']
	});
	processes.push(child);
	await once(child.stdout, 'data');
	return child;
}

test('a worker that is killed in the middle of a poll is replaced: nothing is lost, nothing doubled', async () => {
	const { app, fake } = context;
	const live = shop.page.goLive();
	const showId = await app.show({ '12': 3 });
	const first = await startWorker();
	await context.listen(showId, shop.facebook, live);
	await untilStanding(context, showId, 'connected');
	await until('the stream', () => Promise.resolve(fake.streams(live.id) === 1));
	const write = (count: number): void => {
		for (let n = 0; n < count; n++) {
			const userId = `u${live.comments.all.length}`;
			live.comment({ userId, userName: 'Viewer', text: 'sold 12', hideAuthor: false });
		}
	};
	write(50);
	await untilLogged(context, showId, 50);

	// The poll reads the first page of several and never gets the second; streams and webhooks are lossy.
	fake.knobs.set({ streams: { dropShare: 0.5 }, webhooks: { dropShare: 0.5 } });
	const polls = fake.calls.count('comments');
	fake.fail({ kind: 'hang', endpoint: 'comments' });
	await until('a poll hangs', () => Promise.resolve(fake.calls.count('comments') > polls));
	write(150);
	await until(
		'some have come by other paths',
		() => context.loggedCount(showId),
		(n) => n > 60
	);
	first.kill('SIGKILL');
	await once(first, 'exit');
	write(100);

	await startWorker();
	await untilLogged(context, showId, 300);
	expect((await loggedIds(context, showId)).toSorted()).toEqual(
		live.comments.all.map(({ id }) => id).toSorted()
	);
	const item = (await liveState(app, showId)).items.get('12');
	expect([item?.winners.length, item?.waitlist.length]).toEqual([3, 297]);
});

test('a worker that closes hands its streams and polls over at once', async () => {
	const { app, fake } = context;
	const live = shop.page.goLive();
	const showId = await app.show({ '12': 1 });
	const first = await startWorker();
	await context.listen(showId, shop.facebook, live);
	await untilStanding(context, showId, 'connected');
	await until('the stream', () => Promise.resolve(fake.streams(live.id) === 1));
	await startWorker();
	first.kill('SIGTERM');
	await once(first, 'exit');
	for (let n = 0; n < 20; n++) live.comment({ userId: `u${n}`, userName: 'V', text: 'sold 12' });
	await untilLogged(context, showId, 20);
	await until('the stream is taken over', () => Promise.resolve(fake.streams(live.id) === 1));
	expect(await loggedIds(context, showId)).toEqual(live.comments.all.map(({ id }) => id));
});

test('a webhook outlives two workers that die with it', async () => {
	const { app } = context;
	const jobs = connectRedis(app.config.redis, 'jobs', () => undefined);
	const queue = new WebhookQueue(jobs, app.logger);
	// Another one each time: the same body within minutes is the same delivery.
	const delivery = JSON.stringify({ object: 'instagram', id: randomUUID() });
	await queue.add(delivery);

	/** Calls `ours` with this delivery; what the tests before have left is done as it comes. */
	const workWith = (ours: () => Promise<void>): [Worker, RedisClient] => {
		const connection = connectRedis(app.config.redis, 'worker', () => undefined);
		const route = async (raw: string) => {
			if (raw === delivery) await ours();
			return { taken: 0, unmatched: 0 };
		};
		const reports = { logger: app.logger, jobGivenUp: app.metrics.jobs.givenUp };
		return [startWebhookWorker(connection, queue, { route }, reports), connection];
	};

	/** Takes the delivery, and then is as dead as a process that was killed: nothing renews its lock. */
	const dieWithIt = async (): Promise<void> => {
		const taken = Promise.withResolvers<void>();
		const [worker, connection] = workWith(() => {
			taken.resolve();
			return new Promise(() => undefined);
		});
		await taken.promise;
		await worker.close(true);
		connection.disconnect();
		const active = await app.redis.lrange(`${JOBS_PREFIX}:webhooks:active`, 0, -1);
		// As if the time of their locks were over.
		await Promise.all(active.map((id) => app.redis.del(`${JOBS_PREFIX}:webhooks:${id}:lock`)));
	};
	await dieWithIt();
	await dieWithIt();

	const routed = Promise.withResolvers<void>();
	const [worker, connection] = workWith(async () => routed.resolve());
	await routed.promise;
	await worker.close();
	await queue.close();
	for (const client of [jobs, connection]) client.disconnect();
});

test('a worker that has ended its streams begins no other, whatever is compared after that', async () => {
	const { app, meta } = context;
	const { redis, scripts, logger } = app;
	const showId = await app.show({ '12': 1 });
	const channelId = await context.listen(showId, shop.facebook, shop.page.goLive());
	const channel = await findChannel(app.db, channelId);
	if (!channel) throw new Error('no channel');
	const streams = new ChannelStreams({
		...{ redis, scripts, logger, intake: meta.intake, connections: meta.store },
		client: new MetaClient(meta.settings),
		onOpen: () => Promise.resolve()
	});
	// Redis knows the script from here on: one connection's commands are answered in order.
	const known = new Lease(app, showId, 'test');
	await known.take();
	await known.giveBack();
	await streams.close();
	streams.sync([channel]);
	expect(await redis.exists(leaseKey(showId, `stream:${channelId}`))).toBe(0);
	await streams.close();
});

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { manualBuyer } from '../../src/lib/domain/buyer.ts';
import { planUndo } from '../../src/lib/domain/undo.ts';
import { readActionEvents } from '../../src/lib/server/history/action-events.ts';
import { SHOW_KEYS, STAGED_KEYS, showKey, stagingKey } from '../../src/lib/server/redis/keys.ts';
import { findOnPath } from '../../scripts/lib/on-path.ts';
import { ACTOR, createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { Watcher, expectAgreement, holders, liveState, randomShowId, until } from './probes.ts';

/** The embedded Valkey knows no cluster; a native server of either kind does. */
const [server] = inject('redisKind') === 'server' ? await findOnPath(['redis-server']) : [];

async function freePort(): Promise<number> {
	for (;;) {
		// The cluster's bus takes the port 10,000 above, so not every free port will do.
		const port = 20_000 + Math.floor(Math.random() * 20_000);
		const probe = createServer();
		probe.listen(port, '127.0.0.1');
		const [event] = await Promise.race([
			once(probe, 'listening').then(() => ['free']),
			once(probe, 'error').then(() => ['taken'])
		]);
		probe.close();
		if (event === 'free') return port;
	}
}

describe.runIf(server !== undefined)('on a Redis Cluster', () => {
	let node: ChildProcess;
	let folder: string;
	let app: TestContext;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'sellary-cluster-'));
		const port = await freePort();
		const options = {
			port,
			bind: '127.0.0.1',
			dir: folder,
			save: '',
			'cluster-enabled': 'yes',
			'cluster-announce-ip': '127.0.0.1'
		};
		const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
		node = spawn(server ?? '', args, { stdio: 'ignore' });
		const redis = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null });
		redis.on('error', () => undefined);
		await redis.cluster('ADDSLOTSRANGE', 0, 16_383);
		await until('the cluster', async () =>
			(await redis.cluster('INFO')).includes('cluster_state:ok')
		);
		redis.disconnect();
		const url = `redis://127.0.0.1:${port}`;
		app = await createTestContext({ redisUrl: url, env: { REDIS_CLUSTER: 'true' } });
	});

	afterAll(async () => {
		await app.close();
		node.kill('SIGKILL');
		await once(node, 'exit');
		await rm(folder, { recursive: true });
	});

	test('all keys of a show, and those of its rebuild, lie on one slot; two shows on two', async () => {
		const slot = (key: string): Promise<unknown> => app.redis.cluster('KEYSLOT', key);
		const [one, two] = [randomShowId(), randomShowId()];
		const keys = [
			...SHOW_KEYS.map((key) => showKey(one, key)),
			...STAGED_KEYS.map((key) => stagingKey(one, 'abc', key))
		];
		expect(new Set(await Promise.all(keys.map(slot))).size).toBe(1);
		const slots = await Promise.all(
			Array.from({ length: 20 }, () => slot(showKey(randomShowId(), 'meta')))
		);
		expect(new Set(slots).size).toBeGreaterThan(10);
		expect(await slot(showKey(two, 'meta'))).toBe(await slot(showKey(two, 'live')));
	});

	test('claims, every operator action, a live console and history', async () => {
		const showId = await app.show({ '12': 2, '7': 1 });
		const watcher = await new Watcher(app.live, showId).connect();
		for (const user of ['a', 'b', 'c', 'd']) await app.say(showId, user, 'sold 12');
		await app.say(showId, 'a', 'pass 12');
		const { actions } = app;
		await actions.release(showId, { item: '12', buyerKey: 'facebook:b' }, ACTOR);
		const award = await actions.award(showId, '7', manualBuyer('Walk In'), ACTOR);
		const target = { item: '12', buyerKey: 'facebook:c' };
		await actions.reassign(showId, target, manualBuyer('Other'), ACTOR);
		await actions.setQuantity(showId, '12', 5, ACTOR);
		await actions.addItem(showId, { number: '8', title: 'Eight', quantity: 1 }, ACTOR);
		await actions.editItem(showId, '8', 'Number eight', ACTOR);
		await actions.closeItem(showId, '8', ACTOR);
		await actions.openItem(showId, '8', ACTOR);
		await actions.showItem(showId, '8', ACTOR);
		await actions.removeItem(showId, '8', ACTOR);
		const plan = planUndo(await readActionEvents(app.redis, app.db, showId, award.seq));
		if (!plan) throw new Error('nothing to undo');
		await actions.undo(showId, plan, ACTOR);
		await actions.editShow(showId, { name: 'n', claimWord: 'mine', passWord: 'skip' }, ACTOR);
		await actions.changeStatus(showId, 'paused', ACTOR);
		await actions.changeStatus(showId, 'resumed', ACTOR);
		await app.channels.status(showId, {
			channelId: randomShowId(),
			platform: 'facebook',
			liveId: 'L',
			status: 'connected',
			reason: null,
			detail: null
		});
		await app.channels.error(showId, { code: 'X', message: 'x', channelId: null });
		expect((await app.say(showId, 'e', 'mine 7')).outcome).toBe('winner');
		await watcher.expectUpToDate(app);
		expect(watcher.snapshots).toBe(1);
		expectAgreement(await app.settle(showId));
		await actions.changeStatus(showId, 'ended', ACTOR);
		await actions.reopen(showId, ACTOR);
		await actions.changeStatus(showId, 'ended', ACTOR);
		expectAgreement(await app.settle(showId));
		await until('an expiry', async () => (await app.redis.ttl(showKey(showId, 'meta'))) > 0);
		await watcher.cut();
	});

	test('events come by publishing, not only by asking', async () => {
		const showId = await app.show();
		const watcher = await new Watcher(app.live, showId).connect();
		const waits: number[] = [];
		for (let index = 0; index < 10; index++) {
			const { seq } = await app.say(showId, `u${index}`, 'sold 12');
			const startedAt = performance.now();
			await watcher.reaches(seq);
			waits.push(performance.now() - startedAt);
		}
		expect(waits.toSorted((a, b) => a - b)[5]).toBeLessThan(200);
		await watcher.cut();
	});

	test('a subscription that is cut is taken up again: events come by publishing, not by asking', async () => {
		const showId = await app.show();
		const watcher = await new Watcher(app.live, showId).connect();
		const node = new Redis(app.urls.redis);
		for (let round = 0; round < 2; round++) {
			await node.client('KILL', 'TYPE', 'PUBSUB');
			await app.say(showId, `cut-${round}`, 'sold 12');
			await watcher.expectUpToDate(app);
		}
		await until('a subscription', async () =>
			String(await node.call('PUBSUB', 'SHARDCHANNELS')).includes(showId)
		);
		const waits: number[] = [];
		for (let index = 0; index < 10; index++) {
			const { seq } = await app.say(showId, `v${index}`, 'sold 12');
			const startedAt = performance.now();
			await watcher.reaches(seq);
			waits.push(performance.now() - startedAt);
		}
		expect(waits.toSorted((a, b) => a - b)[5]).toBeLessThan(200);
		expect(watcher.snapshots).toBe(1);
		node.disconnect();
		await watcher.cut();
	});

	test('many shows at once, through two processes', async () => {
		const other = await app.another();
		const shows = await Promise.all(Array.from({ length: 12 }, () => app.show({ '12': 2 })));
		await Promise.all(
			shows.flatMap((showId, show) =>
				Array.from({ length: 20 }, (_, index) =>
					(index % 2 ? app : other).comments.take(showId, {
						platform: 'facebook',
						liveId: 'L',
						commentId: `${show}-${index}`,
						userId: `u${index}`,
						userHandle: 'x',
						text: 'sold 12'
					})
				)
			)
		);
		for (const showId of shows) {
			expect((await holders(app, showId)).winners).toHaveLength(2);
			expectAgreement(await app.settle(showId));
		}
	});

	test('a lost show is rebuilt', async () => {
		const showId = await app.show({ '12': 1 });
		const watcher = await new Watcher(app.live, showId).connect();
		for (const user of ['a', 'b', 'c']) await app.say(showId, user, 'sold 12', { commentId: user });
		expectAgreement(await app.settle(showId));
		const { epoch } = await liveState(app, showId);
		for (const key of SHOW_KEYS) await app.redis.del(showKey(showId, key));
		expect((await app.say(showId, 'a', 'sold 12', { commentId: 'a' })).replay).toBe(true);
		await app.say(showId, 'a', 'pass 12');
		expect(await holders(app, showId)).toEqual({ winners: ['b'], waitlist: ['c'] });
		expect((await liveState(app, showId)).epoch).not.toBe(epoch);
		await watcher.expectUpToDate(app);
		expectAgreement(await app.settle(showId));
		await watcher.cut();
	});
});

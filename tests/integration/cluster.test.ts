import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manualBuyer } from '../../src/lib/domain/buyer.ts';
import { planUndo } from '../../src/lib/domain/undo.ts';
import { readActionEvents } from '../../src/lib/server/history/action-events.ts';
import { SHOW_KEYS, STAGED_KEYS, showKey, stagingKey } from '../../src/lib/server/redis/keys.ts';
import { ACTOR, createTestContext, onCluster } from './harness.ts';
import type { TestContext } from './harness.ts';
import { Watcher, expectAgreement, holders, liveState, randomShowId, until } from './probes.ts';
import { masters } from './redis-nodes.ts';

describe.runIf(onCluster)('on a Redis Cluster', () => {
	let app: TestContext;
	beforeAll(async () => {
		app = await createTestContext();
	});
	afterAll(() => app.close());

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
		const plan = planUndo(await readActionEvents(app.redis, app.db, showId, award));
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
		// Asking begins after a second of silence.
		expect(waits.toSorted((a, b) => a - b)[5]).toBeLessThan(900);
		await watcher.cut();
	});

	test('a subscription that is cut is taken up again: events come by publishing, not by asking', async () => {
		const showId = await app.show();
		const watcher = await new Watcher(app.live, showId).connect();
		const nodes = await masters(app.redis);
		for (let round = 0; round < 2; round++) {
			await Promise.all(nodes.map((node) => node.client('KILL', 'TYPE', 'PUBSUB')));
			await app.say(showId, `cut-${round}`, 'sold 12');
			await watcher.expectUpToDate(app);
		}
		await until('a subscription', async () => {
			const channels = await Promise.all(nodes.map((node) => node.call('PUBSUB', 'SHARDCHANNELS')));
			return String(channels).includes(showId);
		});
		const waits: number[] = [];
		for (let index = 0; index < 10; index++) {
			const { seq } = await app.say(showId, `v${index}`, 'sold 12');
			const startedAt = performance.now();
			await watcher.reaches(seq);
			waits.push(performance.now() - startedAt);
		}
		// Asking begins after a second of silence.
		expect(waits.toSorted((a, b) => a - b)[5]).toBeLessThan(900);
		expect(watcher.snapshots).toBe(1);
		await watcher.cut();
	});

	test('a subscription that a server gave up is taken up again, though its connection stands', async () => {
		const showId = await app.show();
		const watcher = await new Watcher(app.live, showId).connect();
		const nodes = await masters(app.redis);
		const isSubscribed = async (): Promise<boolean> => {
			const channels = await Promise.all(nodes.map((node) => node.call('PUBSUB', 'SHARDCHANNELS')));
			return String(channels).includes(showId);
		};
		// The slot goes and comes back at once, as in a failover and another: who looks later sees no change.
		const slot = String(await app.redis.cluster('KEYSLOT', showKey(showId, 'live')));
		for (const node of nodes) {
			// The others say where it has moved to.
			const held = await node.exists(showKey(showId, 'meta')).catch(() => 0);
			if (held === 0) continue;
			await node.call('CLUSTER', 'DELSLOTS', slot);
			await node.call('CLUSTER', 'ADDSLOTS', slot);
		}
		expect(await isSubscribed()).toBe(false);
		for (let index = 0; !(await isSubscribed()); index++) {
			await app.say(showId, `w${index}`, 'sold 12');
			await watcher.expectUpToDate(app);
		}
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

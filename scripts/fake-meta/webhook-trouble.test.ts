import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CallbackServer, commentIdsOf, payloadOf } from './callback-fixture.ts';
import { FakeMeta } from './server.ts';

const SEED = 21;

let fake: FakeMeta;
let callback: CallbackServer;
beforeEach(async () => {
	fake = await FakeMeta.start({ seed: SEED });
	callback = await CallbackServer.start();
	await fake.subscribeApp({ callbackUrl: callback.url });
});
afterEach(async () => {
	await fake.stop();
	await callback.stop();
});

function goLive(username: string, on = fake) {
	const account = on.addInstagramAccount({ username });
	account.subscribedFields.add('live_comments');
	return account.goLive();
}

function write(live: ReturnType<typeof goLive>, count: number): string[] {
	return Array.from({ length: count }, () => live.comment({ userId: 'u', userName: 'ann' }).id);
}

describe('deliveries', () => {
	test('come once each and in order, unless told otherwise', async () => {
		const ids = write(goLive('one'), 60);
		await fake.delivered();
		expect(callback.commentIds).toEqual(ids);
		expect(fake.webhooks).toEqual({
			deliveries: 60,
			attempts: 60,
			accepted: 60,
			failed: 0,
			givenUp: 0,
			dropped: 0,
			pending: 0
		});
	});

	test('come twice, byte for byte, in a share', async () => {
		fake.knobs.set({ webhooks: { duplicateShare: 0.3 } });
		const ids = write(goLive('one'), 100);
		await fake.delivered();
		expect(new Set(callback.commentIds)).toEqual(new Set(ids));
		const bodies = callback.received.map(({ body }) => body);
		expect(bodies.length).toBeGreaterThan(110);
		expect(new Set(bodies).size).toBe(100);
	});

	test('are lost in a share, or for a field', async () => {
		fake.knobs.set({ webhooks: { dropShare: 0.5 } });
		const live = goLive('one');
		write(live, 100);
		await fake.delivered();
		const { length } = callback.received;
		expect(length).toBeGreaterThan(20);
		expect(length).toBeLessThan(80);
		expect(fake.webhooks.dropped).toBe(100 - length);
		fake.knobs.set({ webhooks: { dropShare: 0, mutedFields: ['live_comments'] } });
		write(live, 1);
		await fake.delivered();
		expect(callback.received).toHaveLength(length);
	});

	test('hold several accounts, up to fifty comments, out of order', async () => {
		fake.knobs.set({ webhooks: { batch: { min: 2, max: 50 }, shuffle: true } });
		const ids = [...write(goLive('one'), 60), ...write(goLive('two'), 60)];
		await fake.delivered();
		expect(callback.received.length).toBeLessThan(60);
		expect(callback.commentIds).not.toEqual(ids);
		expect([...callback.commentIds].sort()).toEqual([...ids].sort());
		const accounts = callback.received.map(
			(delivery) => new Set(payloadOf(delivery).entry.map(({ id }) => id)).size
		);
		expect(Math.max(...accounts)).toBe(2);
		expect(callback.received.some((delivery) => commentIdsOf(delivery).length > 10)).toBe(true);
		const changes = callback.received.flatMap((delivery) => payloadOf(delivery).entry);
		expect(changes.some((entry) => (entry.changes?.length ?? 0) > 1)).toBe(true);
	});

	test('wait by the clock', async () => {
		fake.knobs.set({ webhooks: { delayMs: { min: 30_000, max: 60_000 } } });
		write(goLive('one'), 20);
		await expect.poll(() => fake.webhooks.deliveries).toBe(20);
		expect(callback.received).toHaveLength(0);
		fake.advance(60_000);
		await fake.delivered();
		expect(callback.received).toHaveLength(20);
	});

	test('are held back and let go in another order', async () => {
		fake.knobs.set({ webhooks: { hold: true } });
		const ids = write(goLive('one'), 5);
		expect(await fake.admin('releaseWebhooks', { order: 'reverse' })).toEqual({ released: 5 });
		await fake.delivered();
		expect(callback.commentIds).toEqual(ids.toReversed());
	});

	test('are the same for the same seed', async () => {
		const play = async () => {
			await using again = await FakeMeta.start({ seed: SEED, knobs: { webhooks: ROUGH } });
			const from = callback.received.length;
			await again.subscribeApp({ callbackUrl: callback.url });
			write(goLive('one', again), 50);
			await again.delivered();
			return callback.received.slice(from).map(commentIdsOf);
		};
		const ROUGH = { duplicateShare: 0.2, dropShare: 0.2, batch: { min: 1, max: 9 }, shuffle: true };
		const first = await play();
		expect(await play()).toEqual(first);
	});
});

describe('a delivery that is not accepted', () => {
	test('comes again until it is', async () => {
		callback.answer = (_, count) => (count < 3 ? 503 : 200);
		fake.knobs.set({ webhooks: { retryScale: 0 } });
		const ids = write(goLive('one'), 1);
		await fake.delivered();
		expect(callback.commentIds).toEqual([...ids, ...ids, ...ids]);
		expect(fake.webhooks).toMatchObject({ deliveries: 1, attempts: 3, accepted: 1, failed: 2 });
	});

	test('comes again at growing pauses by the clock, and is given up', async () => {
		callback.answer = () => 500;
		write(goLive('one'), 1);
		await expect.poll(() => callback.received.length).toBe(2);
		for (const [index, pauseMs] of [1_000, 5_000, 30_000, 300_000].entries()) {
			await expect.poll(() => fake.webhooks.failed).toBe(index + 2);
			fake.advance(pauseMs);
			await expect.poll(() => callback.received.length).toBe(index + 3);
		}
		fake.knobs.set({ webhooks: { retries: 0 } });
		fake.advance(3_600_000);
		await fake.delivered();
		expect(fake.webhooks.givenUp).toBe(1);
	});

	test('for want of an answer in time comes again', async () => {
		fake.knobs.set({ webhooks: { timeoutMs: 50 } });
		callback.answer = (_, count) => {
			fake.knobs.set({ webhooks: { timeoutMs: 5_000 } });
			return count === 1 ? null : 200;
		};
		const ids = write(goLive('one'), 1);
		await fake.delivered();
		expect(callback.commentIds).toEqual([...ids, ...ids]);
	});
});

describe('what Meta would not send', () => {
	test.each([
		'wrongSecret',
		'unsigned',
		'tampered',
		'reencoded',
		'sha1Only',
		'shortSignature'
	] as const)('%s has no genuine signature', async (kind) => {
		callback.answer = ({ isGenuine }) => (isGenuine ? 200 : 401);
		expect(await fake.admin('forge', { kind, accountId: '1' })).toEqual({ status: 401 });
	});

	test('a replay is old, byte for byte, and genuine', async () => {
		const ids = write(goLive('one'), 3);
		await fake.delivered();
		fake.advance(6 * 3_600_000);
		expect(await fake.admin('replay', { count: 2 })).toEqual({ statuses: { '200': 2 } });
		expect(callback.commentIds).toEqual([...ids, ...ids.slice(1)]);
		expect(callback.received[4]).toMatchObject({ ...callback.received[2], headers: {} });
	});

	test('a flood, signed or not', async () => {
		callback.answer = ({ isGenuine }) => (isGenuine ? 200 : 401);
		const unsigned = await fake.admin('flood', { count: 100, bytes: 2_000 });
		expect(unsigned).toEqual({ statuses: { '401': 100 } });
		const signed = await fake.admin('flood', { count: 20, signed: true });
		expect(signed).toEqual({ statuses: { '200': 20 } });
		expect(callback.received[0]?.body.length).toBeGreaterThan(2_000);
	});
});

import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { orderKey } from '../../src/lib/server/channels/comment-order.ts';
import { CommentInbox } from '../../src/lib/server/channels/inbox.ts';
import type { OfferStatus, Path } from '../../src/lib/server/channels/inbox.ts';
import { Lease } from '../../src/lib/server/channels/lease.ts';
import { AppError } from '../../src/lib/server/errors.ts';
import { Random } from '../../src/lib/server/rehearsal/generator/random.ts';
import { leaseKey, showKey } from '../../src/lib/server/redis/keys.ts';
import { readPersistedEvents } from '../../src/lib/server/history/event-log.ts';
import { ACTOR, createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { seedsOf, until } from './meta-harness.ts';
import { expectAgreement, holders } from './probes.ts';

const WINDOW_MS = 60_000;
const T = Date.UTC(2026, 9, 4, 16, 0, 0);

let app: TestContext;
let inbox: CommentInbox;
let showId: string;
beforeAll(async () => {
	app = await createTestContext();
	inbox = newInbox(app);
});
afterAll(() => app.close());
beforeEach(async () => {
	showId = await app.show({ '12': 2 });
});

/** Nothing is fed by the window within a test, unless it is told to be short. */
function newInbox({ redis, scripts, comments, logger }: TestContext, orderWindowMs = WINDOW_MS) {
	return new CommentInbox({ redis, scripts, comments, orderWindowMs, logger });
}

type Live = { readonly platform: 'facebook' | 'instagram'; readonly liveId: string };
const FACEBOOK: Live = { platform: 'facebook', liveId: 'fb-live' };
const INSTAGRAM: Live = { platform: 'instagram', liveId: 'ig-live' };

type Told = {
	readonly id: string;
	readonly user?: string | null;
	/** Seconds; the platform's own time unless `sentAt` is given instead. */
	readonly at?: number;
	readonly sentAt?: number;
	readonly text?: string;
};

async function offer(path: Path, told: readonly Told[], live = FACEBOOK): Promise<OfferStatus[]> {
	const offered = told.map(({ id, user = `u${id}`, at, sentAt, text = 'sold 12' }) => ({
		orderKey: orderKey({ orderAt: T + (at ?? sentAt ?? 0) * 1_000, commentId: id }),
		comment: {
			...live,
			commentId: id,
			userId: user,
			userHandle: user ?? '',
			text,
			postedAt: at === undefined ? null : T + at * 1_000
		}
	}));
	return await inbox.offer({ showId, id: `channel-${live.platform}`, ...live }, path, offered);
}

const settledUpTo = (id: string, at: number, live = FACEBOOK) => ({
	settled: { ...live, key: orderKey({ orderAt: T + at * 1_000, commentId: id }) }
});

/** Ids and authors in the order of the log. */
async function log(): Promise<[id: string, userId: string | null][]> {
	expectAgreement(await app.settle(showId));
	const events = await readPersistedEvents(app.db, showId, 1, 10_000);
	return events
		.filter((event) => event.type === 'comment.received')
		.map(({ data }) => [data.commentId, data.userId]);
}

const ids = async (): Promise<string[]> => (await log()).map(([id]) => id);
const counter = async (name: string): Promise<number> =>
	Number(await app.redis.hget(showKey(showId, 'intake'), name));

test('an inbox that is full takes nothing more and loses nothing: what is brought again later counts', async () => {
	const { redis, scripts, comments, logger } = app;
	const options = { redis, scripts, comments, logger, orderWindowMs: WINDOW_MS };
	const roomy = inbox;
	inbox = new CommentInbox({ ...options, maxWaiting: 3 });
	try {
		const told = (id: string) => ({ id, at: Number(id) });
		await offer('poll', ['1', '2', '3'].map(told));
		const refused = offer('webhook', ['4'].map(told));
		await expect(refused).rejects.toMatchObject({ code: 'UNAVAILABLE' });
		expect(await counter('channel-facebook:seen')).toBe(3);
		await inbox.drain(showId, { take: 'all' });
		expect(await offer('webhook', ['4'].map(told))).toEqual(['new']);
		await inbox.drain(showId, { take: 'all' });
		expect(await ids()).toEqual(['1', '2', '3', '4']);
	} finally {
		inbox = roomy;
	}
});

describe('paths that bring the same comment', () => {
	test('are merged: it waits once, is fed once, and each is counted once', async () => {
		expect(await offer('webhook', [{ id: '1', at: 1 }])).toEqual(['new']);
		expect(
			await offer('stream', [
				{ id: '1', at: 1 },
				{ id: '1', at: 1 }
			])
		).toEqual(['waiting', 'waiting']);
		expect(await inbox.drain(showId, settledUpTo('1', 1))).toBe(1);
		expect(
			await offer('poll', [
				{ id: '1', at: 1 },
				{ id: '2', at: 1 }
			])
		).toEqual(['logged', 'new']);
		expect(await inbox.drain(showId, { take: 'all' })).toBe(1);
		expect(await ids()).toEqual(['1', '2']);
		const channel = 'channel-facebook';
		expect(await counter(`${channel}:seen`)).toBe(2);
		for (const [bit, count] of [
			[1, 2],
			[2, 1],
			[4, 1]
		]) {
			expect(await counter(`${channel}:path:${bit}`)).toBe(count);
		}
	});

	test('add what the others do not know: author and time, from whichever path', async () => {
		// A webhook knows the author and not the time; polling knows the time and not the author.
		expect(await offer('webhook', [{ id: '9', user: 'ann', sentAt: 50 }], INSTAGRAM)).toEqual([
			'new'
		]);
		expect(await offer('poll', [{ id: '9', user: null, at: 3 }], INSTAGRAM)).toEqual(['waiting']);
		expect(await offer('poll', [{ id: '8', user: null, at: 4 }], INSTAGRAM)).toEqual(['new']);
		expect(await offer('poll', [{ id: '8', user: null, at: 4 }], INSTAGRAM)).toEqual(['nameless']);
		expect(await offer('webhook', [{ id: '8', user: 'ben', sentAt: 70 }], INSTAGRAM)).toEqual([
			'waiting'
		]);
		await inbox.drain(showId, settledUpTo('8', 4, INSTAGRAM));
		expect(await log()).toEqual([
			['9', 'ann'],
			['8', 'ben']
		]);
	});

	test('do not take back what was known', async () => {
		await offer('poll', [{ id: '5', user: 'ann', at: 5 }]);
		await offer('stream', [{ id: '5', user: null, sentAt: 1 }]);
		await offer('poll', [{ id: '4', user: 'ben', at: 4 }]);
		await inbox.drain(showId, { take: 'all' });
		expect(await log()).toEqual([
			['4', 'ben'],
			['5', 'ann']
		]);
	});
});

describe('a live', () => {
	test('is fed in the platform’s order, not in that of arrival', async () => {
		await offer('webhook', [{ id: '3', at: 3 }]);
		await offer('stream', [{ id: '10', at: 2 }]);
		await offer('poll', [
			{ id: '9', at: 2 },
			{ id: '1', at: 1 }
		]);
		await inbox.drain(showId, settledUpTo('3', 3));
		expect(await ids()).toEqual(['1', '9', '10', '3']);
		expect((await holders(app, showId)).winners).toEqual(['u1', 'u9']);
	});

	test('is not hastened by what a poll proves of another one', async () => {
		await offer('webhook', [{ id: '7', sentAt: 2 }], INSTAGRAM);
		await offer('poll', [{ id: '1', at: 3 }]);
		expect(await inbox.drain(showId, settledUpTo('1', 3))).toBe(1);
		await offer('webhook', [{ id: '6', sentAt: 1 }], INSTAGRAM);
		await inbox.drain(showId, { take: 'all' });
		expect(await ids()).toEqual(['1', '6', '7']);
		expect(await counter('late')).toBe(0);
	});

	test('on hold waits for what is being read, and no longer than that', async () => {
		const short = newInbox(app, 0);
		await offer('stream', [{ id: '5', at: 5 }]);
		await short.hold(showId, FACEBOOK);
		expect(await short.drain(showId)).toBe(0);
		await offer('poll', [{ id: '1', at: 1 }]);
		expect(await short.drain(showId, settledUpTo('1', 1))).toBe(1);
		await short.release(showId, FACEBOOK);
		expect(await short.drain(showId)).toBe(1);
		expect(await ids()).toEqual(['1', '5']);
	});

	test('whose comment comes behind its place is taken all the same, and counted as late', async () => {
		await offer('stream', [{ id: '5', at: 5 }]);
		await inbox.drain(showId, { take: 'all' });
		await offer('poll', [{ id: '2', at: 2 }]);
		await offer('poll', [{ id: '1', at: 1 }], INSTAGRAM);
		await inbox.drain(showId, { take: 'all' });
		expect(await ids()).toEqual(['5', '1', '2']);
		// The Instagram comment is not late: it is the first of its live.
		expect(await counter('late')).toBe(1);
	});
});

describe('feeding', () => {
	test('goes on behind a comment that no log can hold', async () => {
		const inboxKey = showKey(showId, 'inbox');
		await offer('poll', [
			{ id: '1', at: 1 },
			{ id: '2', at: 2 }
		]);
		const value = (await app.redis.hget(inboxKey, 'facebook:1')) ?? '';
		const broken = value.replace(/"postedAt":\d+/, '"postedAt":9999999999999999');
		expect(broken).not.toBe(value);
		await app.redis.hset(inboxKey, 'facebook:1', broken);
		await inbox.drain(showId, { take: 'all' });
		expect(await ids()).toEqual(['2']);
		expect(await app.redis.hlen(inboxKey)).toBe(0);
	});

	test('that breaks off after a comment was taken takes it no second time', async () => {
		await offer('poll', [
			{ id: '1', at: 1 },
			{ id: '2', at: 2 }
		]);
		const inboxKey = showKey(showId, 'inbox');
		const waiting = await app.redis.hgetall(inboxKey);
		await inbox.drain(showId, { take: 'all' });
		// As after a crash: both were taken, neither was removed.
		await app.redis.hset(inboxKey, waiting);
		await inbox.drain(showId, { take: 'all' });
		expect(await ids()).toEqual(['1', '2']);
		expect(await app.redis.hlen(inboxKey)).toBe(0);
	});

	test('keeps what could not be taken, and what comes behind it, in their order', async () => {
		const { redis, scripts, comments, logger } = app;
		let refusals = 1;
		const failing = new CommentInbox({
			...{ redis, scripts, logger, orderWindowMs: WINDOW_MS },
			comments: {
				take: async (show, comment) => {
					if (comment.commentId === '2' && refusals-- > 0) throw new AppError('UNAVAILABLE');
					return await comments.take(show, comment);
				}
			}
		});
		await offer('webhook', [
			{ id: '1', at: 1 },
			{ id: '2', at: 2 },
			{ id: '3', at: 3 }
		]);
		const broken = failing.drain(showId, { take: 'all' });
		await expect(broken).rejects.toMatchObject({ code: 'UNAVAILABLE' });
		expect(await ids()).toEqual(['1']);
		expect(await failing.drain(showId, { take: 'all' })).toBe(2);
		expect(await ids()).toEqual(['1', '2', '3']);
		expect(await app.redis.hlen(showKey(showId, 'inbox'))).toBe(0);
	});

	test('a show that is over drops what waits', async () => {
		await offer('poll', [{ id: '1', at: 1 }]);
		await app.actions.changeStatus(showId, 'ended', ACTOR);
		expect(await inbox.drain(showId, { take: 'all' })).toBe(1);
		expect(await ids()).toEqual([]);
		expect(await app.redis.hlen(showKey(showId, 'inbox'))).toBe(0);
	});

	test.each(seedsOf(2))(
		'by many at once takes each comment once, in order (seed %d)',
		async (seed) => {
			const random = new Random(seed);
			const told = Array.from({ length: 400 }, (_, n) => ({ id: String(n + 1), at: n >> 3 }));
			const others = [newInbox(app), newInbox(app), newInbox(app)];
			const shuffled = told.map((one) => ({ one, key: random.next() }));
			shuffled.sort((a, b) => a.key - b.key);
			const paths: readonly Path[] = ['poll', 'stream', 'webhook'];
			for (const path of paths) {
				const part = shuffled.filter(() => random.chance(0.6)).map(({ one }) => one);
				await offer(path, part);
			}
			await offer('poll', told);
			await Promise.all(
				others.flatMap((other) => [
					other.drain(showId, settledUpTo('400', 49)),
					other.drain(showId),
					other.drain(showId, { take: 'all' })
				])
			);
			expect(await ids()).toEqual(told.map(({ id }) => id));
			expect(await counter('late')).toBe(0);
		}
	);
});

describe('a lease', () => {
	const lease = () => new Lease(app, showId, 'test');
	const key = () => leaseKey(showId, 'test');

	test('is one holder’s until it is given back, and only by that one', async () => {
		const [one, other] = [lease(), lease()];
		expect([await one.take(), await other.take(), await one.take()]).toEqual([true, false, true]);
		await other.giveBack();
		expect(await other.take()).toBe(false);
		await one.giveBack();
		expect(await other.take()).toBe(true);
		await one.giveBack();
		expect(await lease().take()).toBe(false);
		await other.giveBack();
		expect(await app.redis.exists(key())).toBe(0);
	});

	test('ends with its holder, is renewed while that lives, and a holder hears that it lost it', async () => {
		const [one, other] = [lease(), lease()];
		await one.take();
		expect(await app.redis.pttl(key())).toBeLessThanOrEqual(6_000);
		await app.redis.pexpire(key(), 4_000);
		await until('it is renewed', async () => (await app.redis.pttl(key())) > 4_000);
		expect(one.lost.aborted).toBe(false);
		// As after a stop of the process that was longer than the lease.
		await app.redis.del(key());
		expect(await other.take()).toBe(true);
		await until('the first holder hears of it', () => Promise.resolve(one.lost.aborted));
		await one.giveBack();
		await other.giveBack();
	});

	test('that was lost is not taken again by its renewal', async () => {
		vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
		try {
			const one = lease();
			await one.take();
			await app.redis.set(key(), 'somebody else');
			const lost = once(one.lost, 'abort');
			vi.advanceTimersByTime(2_000);
			await lost;
			await app.redis.del(key());
			vi.advanceTimersByTime(10_000);
			// One connection's commands are answered in order: a renewal would come before this.
			expect(await app.redis.get(key())).toBeNull();
		} finally {
			vi.useRealTimers();
		}
	});
});

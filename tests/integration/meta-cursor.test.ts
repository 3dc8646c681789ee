import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { writePollState } from '../../src/lib/server/channels/poll-state.ts';
import { JOBS_PREFIX } from '../../src/lib/server/redis/keys.ts';
import type { FacebookLive } from '../../scripts/fake-meta/world/facebook-live.ts';
import {
	createMetaContext,
	listeningShow,
	loggedIds,
	openShop,
	until,
	untilLogged
} from './meta-harness.ts';
import type { MetaContext, Shop } from './meta-harness.ts';
import type { Interception } from './meta-proxy.ts';
import { loseRedis } from './probes.ts';
import { keysLike } from './redis-nodes.ts';

let context: MetaContext;
let shop: Shop;
/** What happens to calls on their way to the Graph API. */
let intercept: Interception = () => 'pass';
beforeAll(async () => {
	context = await createMetaContext({
		env: { COMMENT_ORDER_WINDOW_MS: '200' },
		intercept: (url, method) => intercept(url, method)
	});
	shop = await openShop(context);
});
afterAll(() => context.close());
beforeEach(async () => {
	intercept = () => 'pass';
	context.fake.knobs.preset('quiet');
	// Polling alone: what this file is about.
	context.fake.knobs.set({ webhooks: { dropShare: 1 } });
	await context.fake.admin('heal', {});
	context.fake.fail({ kind: 'error', code: 100, endpoint: 'stream', times: null });
});

const isComments = (url: URL): boolean => url.pathname.endsWith('/comments');
const isLaterPage = (url: URL): boolean => isComments(url) && url.searchParams.has('after');

function write(live: FacebookLive, count: number, at?: number): void {
	for (let n = 0; n < count; n++) {
		live.comment({ userId: `u${n}`, userName: 'Viewer', text: 'sold 12', ...(at ? { at } : {}) });
	}
}

const written = (live: FacebookLive): string[] => live.comments.all.map(({ id }) => id);

/** As if the show had gone live ten minutes ago. */
async function showStartedEarlier(showId: string): Promise<void> {
	await context.app.settle(showId);
	await context.app.db
		.updateTable('shows')
		.set({ started_at: new Date(Date.now() - 600_000) })
		.where('id', '=', showId)
		.execute();
}

describe('a read of several pages', () => {
	test('whose second page fails keeps the first, and the cursor; the next one reads the rest in order', async () => {
		const { pollState, loggedCount } = context;
		const live = shop.page.goLive();
		const { showId, channelId } = await listeningShow(context, shop.facebook, live);
		intercept = (url) => (isComments(url) ? 'fail' : 'pass');
		await until(
			'polls fail',
			async () => (await pollState(showId, channelId)).failures,
			(failures) => failures > 0
		);
		const { since } = await pollState(showId, channelId);
		write(live, 250);
		intercept = (url) => (isLaterPage(url) ? 'fail' : 'pass');
		await context.endPause(showId, channelId);
		const { figures } = context;
		await until(
			'the first page is offered',
			() => figures(showId, channelId),
			({ comments }) => comments === 100
		);
		await until(
			'the failure is noted',
			async () => (await pollState(showId, channelId)).failures,
			(failures) => failures > 1
		);
		expect((await pollState(showId, channelId)).since).toBe(since);
		expect(await loggedCount(showId)).toBeLessThanOrEqual(100);
		intercept = () => 'pass';
		await context.endPause(showId, channelId);
		await untilLogged(context, showId, 250);
		expect(await loggedIds(context, showId)).toEqual(written(live));
	});

	test('that meets the page cap goes on where it stopped', async () => {
		const live = shop.page.goLive();
		const { showId, channelId } = await listeningShow(context, shop.facebook, live);
		intercept = (url) => (isComments(url) ? 'fail' : 'pass');
		write(live, 1_050);
		// 500 pages of two are 1,000 comments.
		let pages = 0;
		intercept = (url) => {
			if (isComments(url)) {
				url.searchParams.set('limit', '2');
				pages++;
			}
			return 'pass';
		};
		const { since } = await context.pollState(showId, channelId);
		await context.endPause(showId, channelId);
		const capped = await until(
			'the cap is met',
			() => context.pollState(showId, channelId),
			({ rest }) => rest !== null
		);
		expect(capped.since).toBe(since);
		expect(pages).toBeGreaterThanOrEqual(500);
		await untilLogged(context, showId, 1_050);
		intercept = () => 'pass';
		expect(await loggedIds(context, showId)).toEqual(written(live));
	}, 120_000);

	test('goes on although cursors die and viewers write between the pages', async () => {
		const { fake } = context;
		const live = shop.page.goLive();
		write(live, 420);
		fake.knobs.set({ facebook: { insertWhilePaging: 3 } });
		let later = 0;
		intercept = (url) => {
			if (isLaterPage(url) && ++later === 2) void fake.admin('killCursors', {});
			return 'pass';
		};
		const showId = await context.app.show();
		await showStartedEarlier(showId);
		await context.listen(showId, shop.facebook, live);
		await untilLogged(context, showId, 420);
		fake.knobs.set({ facebook: { insertWhilePaging: 0 } });
		await untilLogged(context, showId, written(live).length);
		expect(await loggedIds(context, showId)).toEqual(written(live));
	});

	test('whose pages come newest first is logged oldest first all the same', async () => {
		const { fake } = context;
		fake.knobs.set({ facebook: { reverseOrder: true } });
		const live = shop.page.goLive();
		write(live, 320);
		// Each page takes longer than a comment waits for an earlier one.
		intercept = async (url) => {
			if (isLaterPage(url)) await sleep(300);
			return 'pass' as const;
		};
		const showId = await context.app.show();
		await showStartedEarlier(showId);
		await context.listen(showId, shop.facebook, live);
		await untilLogged(context, showId, 320);
		expect(await loggedIds(context, showId)).toEqual(written(live));
	});
});

describe('a comment that becomes visible late', () => {
	test.each([
		['a few seconds: the overlap of every poll finds it', 4_000],
		['a minute: the long overlap finds it', 60_000]
	])('by %s', async (_, lateMs) => {
		const live = shop.page.goLive();
		const showId = await context.app.show();
		await showStartedEarlier(showId);
		const channelId = await context.listen(showId, shop.facebook, live);
		write(live, 3);
		await untilLogged(context, showId, 3);
		await until(
			'the cursor has moved',
			async () => (await context.pollState(showId, channelId)).since !== null
		);
		write(live, 1, Date.now() - lateMs);
		if (lateMs > 5_000) {
			// As if the last long overlap were a minute ago.
			await until('a poll with the long overlap', async () => {
				const state = await context.pollState(showId, channelId);
				const stored = JSON.stringify({ ...state, deepAt: 0, nextAt: 0 });
				await context.app.redis.hset(
					`sellary:{show:${showId}}:intake`,
					`${channelId}:poll`,
					stored
				);
				return (await context.loggedCount(showId)) === 4;
			});
		}
		await untilLogged(context, showId, 4);
		expect((await loggedIds(context, showId)).toSorted()).toEqual(written(live).toSorted());
	});

	test('a time in the future does not hide what is written until then', async () => {
		const live = shop.page.goLive();
		const { showId } = await listeningShow(context, shop.facebook, live);
		write(live, 1, Date.now() + 3_600_000);
		await untilLogged(context, showId, 1);
		write(live, 2);
		await untilLogged(context, showId, 3);
		expect((await loggedIds(context, showId)).toSorted()).toEqual(written(live).toSorted());
	});
});

test('a cursor of another epoch is worth nothing: what was read for that may be lost', async () => {
	const { app, fake, pollState } = context;
	const live = shop.page.goLive();
	const showId = await app.show();
	await showStartedEarlier(showId);
	const channelId = await context.listen(showId, shop.facebook, live);
	write(live, 1);
	await untilLogged(context, showId, 1);
	const state = await until(
		'the cursor has moved',
		() => pollState(showId, channelId),
		({ since }) => since !== null
	);
	const sinceOfPolls = () =>
		fake.calls
			.list('comments')
			.filter(({ path }) => path.startsWith(live.id))
			.map(({ query }) => Number(query['since']));
	const recent = (Date.now() - 300_000) / 1_000;
	await until('a read from the cursor', () =>
		Promise.resolve((sinceOfPolls().at(-1) ?? 0) > recent)
	);
	const before = sinceOfPolls().length;
	// As a poll leaves it that was under way while Redis lost the show.
	await until('a read from the beginning', async () => {
		await writePollState(app.redis, showId, channelId, { ...state, epoch: 'lost', nextAt: 0 });
		return sinceOfPolls()
			.slice(before)
			.some((since) => since < recent);
	});
});

describe('Redis', () => {
	test('loses everything in mid-show: the show is rebuilt, the live read again, nothing counts twice', async () => {
		const { app, loggedCount } = context;
		const live = shop.page.goLive();
		const { showId } = await listeningShow(context, shop.facebook, live);
		write(live, 150);
		await untilLogged(context, showId, 150);
		await app.settle(showId);
		intercept = (url) => (isComments(url) ? 'fail' : 'pass');
		write(live, 20);
		await loseRedis(app);
		write(live, 130);
		intercept = () => 'pass';
		await until(
			'all comments, after the rebuild',
			() => loggedCount(showId),
			(count) => count === 300
		);
		const ids = await loggedIds(context, showId);
		expect(ids).toEqual(written(live));
	});

	test('loses the queues: their schedulers come back', async () => {
		const { app } = context;
		const live = shop.page.goLive();
		const { showId } = await listeningShow(context, shop.facebook, live);
		write(live, 3);
		await untilLogged(context, showId, 3);
		const keys = await keysLike(app.redis, `${JOBS_PREFIX}*`);
		expect(keys.length).toBeGreaterThan(0);
		await app.redis.del(keys);
		write(live, 3);
		await untilLogged(context, showId, 6);
		expect(await loggedIds(context, showId)).toEqual(written(live));
	});
});

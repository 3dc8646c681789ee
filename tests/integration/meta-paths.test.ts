import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
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

const PATHS = ['poll', 'stream', 'webhook'] as const;
type Path = (typeof PATHS)[number];
const COMMENTS = 30;

let context: MetaContext;
let shop: Shop;
beforeAll(async () => {
	context = await createMetaContext({ env: { COMMENT_ORDER_WINDOW_MS: '200' } });
	shop = await openShop(context);
});
afterAll(() => context.close());
beforeEach(async () => {
	context.fake.knobs.preset('quiet');
	await context.fake.admin('heal', {});
});

function write(live: FacebookLive, count: number): void {
	for (let n = 0; n < count; n++) {
		live.comment({ userId: `u${n}`, userName: 'Viewer', text: 'sold 12', lowQuality: n % 4 === 0 });
	}
}

/** Meta's throttle: it says nothing of a time, so polls pause for five minutes. */
async function pausePolls(showId: string, channelId: string, live: FacebookLive): Promise<void> {
	context.fake.fail({ kind: 'throttle', code: 32, endpoint: 'comments', id: live.id });
	await until(
		'polls pause',
		async () => (await context.pollState(showId, channelId)).nextAt ?? 0,
		(nextAt) => nextAt > Date.now() + 60_000
	);
}

describe('a live whose only working path is', () => {
	test.each(PATHS)('%s', async (alive) => {
		const { fake, figures, endPause } = context;
		const live = shop.page.goLive();
		const works = (path: Path): boolean => path === alive;
		if (!works('stream')) {
			fake.fail({ kind: 'error', code: 100, endpoint: 'stream', id: live.id, times: null });
		}
		const { showId, channelId } = await listeningShow(context, shop.facebook, live);
		if (works('stream')) await until('the stream', () => Promise.resolve(fake.streams(live.id)));
		// Which post is the live's is learned from the first comment that another path brings too.
		write(live, 1);
		await untilLogged(context, showId, 1);
		await until(
			'the first comment by every path',
			() => figures(showId, channelId),
			({ byPath }) =>
				byPath.webhook === 1 && byPath.poll === 1 && byPath.stream === (works('stream') ? 1 : 0)
		);
		if (!works('webhook')) fake.knobs.set({ webhooks: { dropShare: 1 } });
		if (!works('poll')) await pausePolls(showId, channelId, live);
		const before = await figures(showId, channelId);

		write(live, COMMENTS);
		await untilLogged(context, showId, COMMENTS + 1);
		const after = await figures(showId, channelId);
		expect(after.comments).toBe(COMMENTS + 1);
		for (const path of PATHS) {
			expect([path, after.byPath[path] - before.byPath[path]]).toEqual([
				path,
				works(path) ? COMMENTS : 0
			]);
		}

		// Later polls see everything, and nothing counts twice.
		await endPause(showId, channelId);
		await until(
			'polls have seen all',
			() => figures(showId, channelId),
			({ byPath }) => byPath.poll === COMMENTS + 1
		);
		expect((await figures(showId, channelId)).comments).toBe(COMMENTS + 1);
		expect((await loggedIds(context, showId)).toSorted()).toEqual(
			live.comments.all.map(({ id }) => id).toSorted()
		);
	});
});

test('each path loses other comments: together they lose none, and each one’s misses are counted', async () => {
	const { fake, figures, endPause } = context;
	const live = shop.page.goLive();
	const { showId, channelId } = await listeningShow(context, shop.facebook, live);
	await until('the stream', () => Promise.resolve(fake.streams(live.id)));
	write(live, 1);
	await untilLogged(context, showId, 1);
	await until(
		'every path has brought the first comment',
		() => figures(showId, channelId),
		({ byPath }) => PATHS.every((path) => byPath[path] === 1)
	);
	await pausePolls(showId, channelId, live);

	// Only the webhook tells of these, only the stream of those, only a later poll of the rest.
	const muted = { streams: { dropShare: 1 }, webhooks: { dropShare: 1 } };
	fake.knobs.set({ ...muted, webhooks: { dropShare: 0 } });
	write(live, 10);
	await fake.delivered();
	fake.knobs.set({ ...muted, streams: { dropShare: 0 } });
	write(live, 7);
	fake.knobs.set(muted);
	write(live, 5);
	await untilLogged(context, showId, 18);
	await endPause(showId, channelId);
	await untilLogged(context, showId, 23);
	await until(
		'polls have seen all',
		() => figures(showId, channelId),
		({ byPath }) => byPath.poll === 23
	);
	expect(await figures(showId, channelId)).toMatchObject({
		comments: 23,
		byPath: { poll: 23, stream: 8, webhook: 11 }
	});
	expect((await loggedIds(context, showId)).toSorted()).toEqual(
		live.comments.all.map(({ id }) => id).toSorted()
	);
});

test('comments that were hidden, removed or answered are each one comment', async () => {
	const { fake } = context;
	const live = shop.page.goLive();
	const { showId } = await listeningShow(context, shop.facebook, live);
	const first = live.comment({ userId: 'u1', userName: 'Ann', text: 'sold 12' });
	await untilLogged(context, showId, 1);
	live.hide(first.id);
	live.repeat(first.id);
	const answer = live.comment({ userId: 'u2', userName: 'Ben', text: 'sold 12', reply: first.id });
	await untilLogged(context, showId, 2);
	live.remove(first.id);
	await fake.delivered();
	await untilLogged(context, showId, 2);
	expect(await loggedIds(context, showId)).toEqual([first.id, answer.id]);
});

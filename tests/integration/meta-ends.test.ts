import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findChannel, restartChannel } from '../../src/lib/server/channels/channel-store.ts';
import { writePollState } from '../../src/lib/server/channels/poll-state.ts';
import { createCaller } from '../../src/lib/server/trpc/caller.ts';
import type { Api } from '../../src/lib/server/trpc/caller.ts';
import type { FacebookLive } from '../../scripts/fake-meta/world/facebook-live.ts';
import { ACTOR } from './harness.ts';
import {
	createMetaContext,
	deliverSigned,
	listeningShow,
	loggedIds,
	openShop,
	until,
	untilLogged,
	untilStanding
} from './meta-harness.ts';
import type { MetaContext, Shop } from './meta-harness.ts';
import type { Interception } from './meta-proxy.ts';
import { holders } from './probes.ts';
import { keysLike } from './redis-nodes.ts';

let context: MetaContext;
let shop: Shop;
let api: Api;
let intercept: Interception = () => 'pass';
beforeAll(async () => {
	context = await createMetaContext({
		env: { COMMENT_ORDER_WINDOW_MS: '200' },
		intercept: (url, method) => intercept(url, method)
	});
	shop = await openShop(context);
	const { app } = context;
	const owner = await app.auth.register(
		{ email: 'sam@example.com', password: 'correct horse', name: 'Sam', workspaceName: 'Sam’s' },
		{ address: '127.0.0.1' }
	);
	await app.db
		.updateTable('members')
		.set({ workspace_id: app.workspaceId })
		.where('user_id', '=', owner.userId)
		.execute();
	const member = await app.auth.validateSession(owner.sessionId);
	api = createCaller(app, member);
});
afterAll(() => context.close());
beforeEach(async () => {
	intercept = () => 'pass';
	context.fake.knobs.preset('quiet');
	await context.fake.admin('heal', {});
});

const isComments = (url: URL): boolean => url.pathname.endsWith('/comments');
let users = 0;

function write(live: FacebookLive, count: number): void {
	for (let n = 0; n < count; n++) {
		live.comment({ userId: `u${++users}`, userName: 'Viewer', text: 'sold 12' });
	}
}

const written = (live: FacebookLive): string[] => live.comments.all.map(({ id }) => id);

/** Neither a scheduler nor a stream is left, and the channel is closed for this reason. */
async function expectGone(channelId: string, live: FacebookLive, reason: string): Promise<void> {
	const { app, meta, fake } = context;
	await until(
		'scheduler and stream are gone',
		async () => (await meta.jobs.scheduled()).has(channelId) || fake.streams(live.id) > 0,
		(left) => !left
	);
	const row = await app.db
		.selectFrom('channel_sources')
		.select('close_reason')
		.where('id', '=', channelId)
		.executeTakeFirst();
	expect(row?.close_reason).toBe(reason);
	// Polls that were under way are over; after that nobody asks for the live again.
	const workedOff = (): Promise<boolean> =>
		until('the queue is worked off', async () => {
			return (await app.redis.llen('{sellary:jobs}:channels:active')) === 0;
		});
	await workedOff();
	await until('no poll is under way', async () => {
		return (await keysLike(app.redis, `*lease:poll:${channelId}`)).length === 0;
	});
	const asked = fake.calls.list('comments').filter(({ path }) => path.includes(live.id)).length;
	await meta.jobs.pollNow(channelId);
	await workedOff();
	expect(fake.calls.list('comments').filter(({ path }) => path.includes(live.id)).length).toBe(
		asked
	);
}

/** As if half a minute had passed since its status was read. */
async function statusIsDue(showId: string, channelId: string): Promise<void> {
	const { app, pollState } = context;
	await until('the status was read again', async () => {
		const state = await pollState(showId, channelId);
		// Closed in between, it may bear what was written here a moment ago, for good.
		if (state.nextAt === null || (await findChannel(app.db, channelId))?.closedAt) return true;
		await writePollState(app.redis, showId, channelId, { ...state, statusAt: 0, nextAt: 0 });
		return false;
	});
}

describe('only the status ends a live', () => {
	test('an error of its comments does not, whatever it says', async () => {
		const { fake, endPause, pollState } = context;
		const live = shop.page.goLive();
		const { showId, channelId } = await listeningShow(context, shop.facebook, live);
		fake.fail({ kind: 'error', code: 100, subcode: 33, endpoint: 'comments', times: null });
		await untilStanding(context, showId, 'degraded', 'not_found');
		write(live, 2);
		await until(
			'two failures',
			async () => {
				await endPause(showId, channelId);
				return (await pollState(showId, channelId)).failures;
			},
			(failures) => failures >= 2
		);
		await fake.admin('heal', {});
		await until('it reads again', async () => {
			await endPause(showId, channelId);
			return (await context.standing(showId))?.status === 'connected';
		});
		write(live, 2);
		await untilLogged(context, showId, 4);
		expect((await loggedIds(context, showId)).toSorted()).toEqual(written(live));
	});

	test('viewers who linger after the stop do not keep it', async () => {
		const { fake } = context;
		fake.knobs.set({ webhooks: { mutedFields: ['live_videos'] } });
		const live = shop.page.goLive();
		const { showId, channelId } = await listeningShow(context, shop.facebook, live);
		write(live, 3);
		await untilLogged(context, showId, 3);
		live.stop();
		expect(live.viewers).toBeGreaterThan(0);
		await statusIsDue(showId, channelId);
		await untilStanding(context, showId, 'ended', 'live_ended');
		await expectGone(channelId, live, 'live_ended');
	});

	test('a webhook that says so makes us look at once, and alone ends nothing', async () => {
		const { fake } = context;
		const live = shop.page.goLive();
		const { showId, channelId } = await listeningShow(context, shop.facebook, live);
		write(live, 3);
		await untilLogged(context, showId, 3);
		const statusReads = () =>
			fake.calls.list('live_video').filter(({ path }) => path === live.id).length;
		const before = statusReads();
		const value = { id: live.id, status: 'live_stopped' };
		const changes = [{ field: 'live_videos', value }];
		const entry = [{ id: shop.page.id, time: Math.floor(Date.now() / 1000), changes }];
		expect(await deliverSigned(context, { object: 'page', entry })).toBe(200);
		await until('the status is read', () => Promise.resolve(statusReads() > before));
		write(live, 1);
		await untilLogged(context, showId, 4);
		expect((await context.standing(showId))?.status).toBe('connected');
		live.stop();
		await untilStanding(context, showId, 'ended', 'live_ended');
		await expectGone(channelId, live, 'live_ended');
	});

	test('what was written last is read, although no other path works and the last look fails once', async () => {
		const { fake } = context;
		fake.knobs.set({ webhooks: { mutedFields: ['feed'] } });
		fake.fail({ kind: 'error', code: 100, endpoint: 'stream', times: null });
		const live = shop.page.goLive();
		const { showId, channelId } = await listeningShow(context, shop.facebook, live);
		write(live, 2);
		await untilLogged(context, showId, 2);
		// Between the read of a poll and its look at the status the last comments are written.
		let failures = 0;
		let stopped = false;
		intercept = (url) => {
			if (!stopped && url.searchParams.get('fields') === 'status,live_views') {
				stopped = true;
				write(live, 5);
				live.stop();
			} else if (stopped && isComments(url) && failures < 2) {
				failures++;
				return 'fail';
			}
			return 'pass';
		};
		await statusIsDue(showId, channelId);
		await untilStanding(context, showId, 'ended', 'live_ended');
		expect(failures).toBe(2);
		expect(await loggedIds(context, showId)).toEqual(written(live));
		await expectGone(channelId, live, 'live_ended');
	});
});

describe('the operator', () => {
	test('ends the show: everything stops; taking the end back reads the gap', async () => {
		const { app } = context;
		const live = shop.page.goLive();
		const { showId, channelId } = await listeningShow(context, shop.facebook, live);
		write(live, 3);
		await untilLogged(context, showId, 3);
		await api.shows.end({ showId });
		await untilStanding(context, showId, 'ended', 'show_ended');
		await expectGone(channelId, live, 'show_ended');
		write(live, 4);
		await api.shows.reopen({ showId });
		await untilLogged(context, showId, 7);
		await untilStanding(context, showId, 'connected');
		await until('the stream', () => Promise.resolve(context.fake.streams(live.id) === 1));
		write(live, 1);
		await untilLogged(context, showId, 8);
		expect(await loggedIds(context, showId)).toEqual(written(live));
		expect((await holders(app, showId)).waitlist).toHaveLength(7);
	});

	test('stops a channel and starts it again: what was written meanwhile is read', async () => {
		const { meta, fake } = context;
		const live = shop.page.goLive();
		const { showId, channelId } = await listeningShow(context, shop.facebook, live);
		write(live, 3);
		await untilLogged(context, showId, 3);
		await api.channels.stop({ showId, channelId });
		await until(
			'scheduler and stream are gone',
			async () => (await meta.jobs.scheduled()).has(channelId) || fake.streams(live.id) > 0,
			(left) => !left
		);
		await untilStanding(context, showId, 'disconnected', 'stopped');
		write(live, 4);
		await api.channels.restart({ showId, channelId });
		await untilLogged(context, showId, 7);
		await untilStanding(context, showId, 'connected');
		expect(await loggedIds(context, showId)).toEqual(written(live));
	});

	test('starts a channel again that Meta knew nothing of, or whose live had ended', async () => {
		const { fake, app, pollState } = context;
		const live = shop.page.goLive();
		const { showId, channelId } = await listeningShow(context, shop.facebook, live);
		fake.fail({ kind: 'error', code: 803, endpoint: 'comments', times: null });
		await untilStanding(context, showId, 'disconnected', 'not_found');
		await until(
			'polling stops',
			async () => (await pollState(showId, channelId)).nextAt,
			(nextAt) => nextAt === null
		);
		await fake.admin('heal', {});
		await api.channels.stop({ showId, channelId });
		await until(
			'the scheduler is gone',
			async () => !(await context.meta.jobs.scheduled()).has(channelId)
		);
		await api.channels.restart({ showId, channelId });
		write(live, 2);
		await untilLogged(context, showId, 2);
		live.stop();
		await untilStanding(context, showId, 'ended', 'live_ended');
		await until('it is closed', async () => (await findChannel(app.db, channelId))?.closedAt);
		write(live, 1);
		await restartChannel(app.db, channelId);
		await context.meta.jobs.reconcileSoon();
		await untilLogged(context, showId, 3);
		await untilStanding(context, showId, 'ended', 'live_ended');
		expect(await loggedIds(context, showId)).toEqual(written(live));
	});

	test('pauses: comments are read and logged, and do not count', async () => {
		const { app, logged } = context;
		const live = shop.page.goLive();
		const { showId } = await listeningShow(context, shop.facebook, live);
		write(live, 1);
		await untilLogged(context, showId, 1);
		await app.actions.changeStatus(showId, 'paused', ACTOR);
		write(live, 2);
		await untilLogged(context, showId, 3);
		await app.actions.changeStatus(showId, 'resumed', ACTOR);
		write(live, 1);
		await untilLogged(context, showId, 4);
		expect(await loggedIds(context, showId)).toEqual(written(live));
		const outcomes = (await logged(showId)).map(({ outcome }) => outcome);
		expect(outcomes).toEqual(['winner', 'not_counted', 'not_counted', 'waitlist']);
	});
});

test('what was written before the show went live does not count, whatever path brings it', async () => {
	const { app, fake } = context;
	const live = shop.page.goLive();
	const early = { userId: 'early', userName: 'E', text: 'sold 12', at: Date.now() - 60_000 };
	const { id } = live.comment(early);
	const { showId } = await listeningShow(context, shop.facebook, live);
	await until('the stream', () => Promise.resolve(fake.streams(live.id) === 1));
	write(live, 1);
	await untilLogged(context, showId, 1);
	live.repeat(id);
	await fake.delivered();
	live.stop();
	await untilStanding(context, showId, 'ended', 'live_ended');
	expect(await loggedIds(context, showId)).toEqual(written(live).slice(1));
	expect((await holders(app, showId)).winners).not.toContain('early');
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FailureInput } from '../../scripts/fake-meta/http/failures.ts';
import type { FacebookLive } from '../../scripts/fake-meta/world/facebook-live.ts';
import {
	createMetaContext,
	listeningShow,
	loggedIds,
	openShop,
	until,
	untilLogged,
	untilStanding
} from './meta-harness.ts';
import type { MetaContext, Shop } from './meta-harness.ts';

const MINUTE_MS = 60_000;

let context: MetaContext;
let shop: Shop;
let live: FacebookLive;
let showId: string;
let channelId: string;
beforeAll(async () => {
	context = await createMetaContext({ env: { COMMENT_ORDER_WINDOW_MS: '200' } });
	shop = await openShop(context);
	live = shop.page.goLive();
	({ showId, channelId } = await listeningShow(context, shop.facebook, live));
});
afterAll(() => context.close());

const written = (): string[] => live.comments.all.map(({ id }) => id);

/** Everything is well again: as at the beginning of each test. */
beforeEach(async () => {
	const { fake, pollState, endPause, standing } = context;
	fake.knobs.preset('quiet');
	fake.knobs.set({ graph: { usage: null } });
	await fake.admin('heal', {});
	if ((await pollState(showId, channelId)).deadToken !== null) await context.connect();
	await until('the channel is well', async () => {
		const { nextAt, failures } = await pollState(showId, channelId);
		if (failures > 0 || (nextAt ?? 0) > Date.now() + 5_000) await endPause(showId, channelId);
		const stands = await standing(showId);
		return failures === 0 && stands?.status === 'connected' && stands.detail === null;
	});
});

/** What a poll that fails so comes to. */
async function failPolls(failure: FailureInput): Promise<{ waitMs: number | null }> {
	const { fake, pollState } = context;
	fake.fail({ ...failure, endpoint: 'comments', id: live.id, times: null });
	const { nextAt } = await until(
		'a failed poll',
		() => pollState(showId, channelId),
		({ failures, nextAt }) => failures > 0 && (nextAt === null || nextAt > Date.now() - 5_000)
	);
	return { waitMs: nextAt === null ? null : nextAt - Date.now() };
}

/** Somebody asks for a poll, and there is none. */
async function expectNoHurry(): Promise<void> {
	const { fake, meta, app } = context;
	const polls = fake.calls.count('comments');
	await meta.jobs.pollNow(channelId);
	await until(
		'the queue is worked off',
		async () => (await app.redis.llen('{sellary:jobs}:channels:active')) === 0
	);
	expect(fake.calls.count('comments')).toBe(polls);
}

async function healthOf(connectionId: string): Promise<string | undefined> {
	return (await context.meta.store.find(connectionId))?.health;
}

/** PLATFORMS 1.8, row by row. */
const ROWS: readonly {
	readonly code: number;
	readonly subcode?: number;
	readonly status?: number;
	readonly stands: readonly [status: string, reason: string];
	readonly health?: string;
	/** Until the next try: null, or at least so long. */
	readonly waitMs: number | null;
}[] = [
	...[458, 459, 460, 463, 464, 467, 492, undefined].map((subcode) => ({
		code: 190,
		...(subcode === undefined ? {} : { subcode }),
		status: subcode === 463 ? 401 : 400,
		stands: ['disconnected', 'needs_reauth'] as const,
		health: 'needs_reauth',
		waitMs: null
	})),
	{
		code: 102,
		stands: ['disconnected', 'needs_reauth'],
		health: 'needs_reauth',
		waitMs: null
	},
	...[10, 200, 210, 299].map((code) => ({
		code,
		status: 403,
		stands: ['degraded', 'permission'] as const,
		waitMs: MINUTE_MS / 2
	})),
	...[4, 17, 32, 613, 80001, 80002].map((code) => ({
		code,
		status: code === 17 ? 403 : code === 32 ? 429 : 400,
		stands: ['degraded', 'throttled'] as const,
		waitMs: 4 * MINUTE_MS
	})),
	{ code: 613, subcode: 1996, stands: ['degraded', 'throttled'], waitMs: 4 * MINUTE_MS },
	...[341, 368].map((code) => ({
		code,
		stands: ['degraded', 'throttled'] as const,
		waitMs: 20 * MINUTE_MS
	})),
	{ code: 100, stands: ['degraded', 'platform'], waitMs: 10_000 },
	{ code: 100, subcode: 33, stands: ['degraded', 'not_found'], waitMs: 10_000 },
	{ code: 803, stands: ['disconnected', 'not_found'], waitMs: null }
];

describe('an error of comments', () => {
	test.each(ROWS)('$code/$subcode is $stands', async ({ stands, health, waitMs, ...error }) => {
		const { waitMs: waits } = await failPolls({ kind: 'error', ...error });
		await untilStanding(context, showId, ...stands);
		expect((await context.standing(showId))?.detail).toMatch(/\.$/);
		if (waitMs === null) expect(waits).toBeNull();
		else expect(waits).toBeGreaterThan(waitMs);
		expect(await healthOf(shop.facebook.id)).toBe(health ?? 'ok');

		// Whatever it was, once it is over everything of the gap is read.
		const before = await context.loggedCount(showId);
		live.comment({ userId: 'u1', userName: 'Ann', text: 'hello' });
		await context.fake.admin('heal', {});
		if (health) await context.connect();
		else await context.endPause(showId, channelId);
		if (error.code === 803) await context.endPause(showId, channelId);
		await untilLogged(context, showId, before + 1);
		await untilStanding(context, showId, 'connected');
		expect(await healthOf(shop.facebook.id)).toBe('ok');
	});

	test.each([
		['code 1', { kind: 'error', code: 1, status: 500 }],
		['code 2', { kind: 'error', code: 2, status: 503 }],
		['any code that says it is transient', { kind: 'error', code: 190, isTransient: true }],
		['an edge server’s page', { kind: 'html', status: 502 }],
		['401 without an error code', { kind: 'html', status: 401 }],
		['403 without an error code', { kind: 'empty', status: 403 }],
		['no body', { kind: 'empty' }],
		['a broken connection', { kind: 'reset' }],
		['a broken body', { kind: 'cut' }],
		['no JSON', { kind: 'garbage' }],
		['an answer without data', { kind: 'noData' }],
		['an endless answer', { kind: 'huge' }],
		['a redirect', { kind: 'redirect' }]
	] as const)(
		'%s is retried with growing pauses and not shown at first',
		async (_, failure) => {
			const { pollState, endPause } = context;
			const first = await failPolls(failure);
			expect(first.waitMs).toBeLessThan(2_000);
			expect(await healthOf(shop.facebook.id)).toBe('ok');
			// The third failure in a row is shown; failures of a second are worth no word.
			expect((await context.standing(showId))?.status).toBe('connected');
			await until('three failures', async () => {
				await endPause(showId, channelId);
				return (await pollState(showId, channelId)).failures >= 3;
			});
			await untilStanding(context, showId, 'degraded', 'platform');
			expect(context.fake.calls.count('elsewhere')).toBe(0);
		},
		90_000
	);
});

describe('a throttle', () => {
	test.each([
		['without a header lasts five minutes', { header: 'none' }, 5],
		['lasts as long as the header says', { header: 'business', etaMinutes: 17 }, 17],
		['lasts five minutes when the header says less', { header: 'business', etaMinutes: 1 }, 5],
		['of the app’s header knows no time', { header: 'app', etaMinutes: 0 }, 5]
	] as const)('%s, and nobody hurries it', async (_, header, minutes) => {
		const { waitMs } = await failPolls({ kind: 'throttle', code: 80001, status: 403, ...header });
		await untilStanding(context, showId, 'degraded', 'throttled');
		expect(waitMs).toBeGreaterThan((minutes - 1) * MINUTE_MS);
		expect(waitMs).toBeLessThanOrEqual(minutes * MINUTE_MS);
		await expectNoHurry();
		expect(await healthOf(shop.facebook.id)).toBe('ok');
	});

	// How much slower polls become is in pace.test.ts.
	test.each([
		['below 75 % the operator hears nothing', { call_count: 74 }, false],
		['from 75 % the operator is told', { total_time: 76 }, true],
		['at 94 % polls go on', { total_cputime: 94 }, true]
	])('is avoided: %s', async (_, percent, isTold) => {
		const { fake, standing } = context;
		fake.knobs.set({ graph: { usage: { business: percent } } });
		const polls = fake.calls.count('comments');
		await until('three polls', () => Promise.resolve(fake.calls.count('comments') >= polls + 3));
		await until(
			'the operator knows',
			() => standing(showId),
			(stands) => (stands?.detail ?? '').includes('used up') === isTold
		);
		expect((await standing(showId))?.status).toBe('connected');
	});

	test('is avoided: from 95 % polls pause, and the operator sees it', async () => {
		const { fake, pollState } = context;
		fake.knobs.set({ graph: { usage: { page: { call_count: 96 } } } });
		await untilStanding(context, showId, 'degraded', 'throttled');
		const { nextAt } = await until(
			'the pause',
			() => pollState(showId, channelId),
			({ nextAt: next }) => (next ?? 0) > Date.now() + MINUTE_MS
		);
		expect((nextAt ?? 0) - Date.now()).toBeGreaterThan(4 * MINUTE_MS);
		await expectNoHurry();
	});
});

describe('access', () => {
	test('that lacks a feature (200 under 403) degrades the channel; the token stays, other paths go on', async () => {
		const { fake, pollState } = context;
		await until('the stream', () => Promise.resolve(fake.streams(live.id) === 1));
		await failPolls({ kind: 'error', code: 200, status: 403 });
		await untilStanding(context, showId, 'degraded', 'permission');
		expect((await pollState(showId, channelId)).deadToken).toBeNull();
		const before = await context.loggedCount(showId);
		live.comment({ userId: 'u2', userName: 'Ben', text: 'sold 12' });
		await untilLogged(context, showId, before + 1);
		expect(await healthOf(shop.facebook.id)).toBe('ok');
	});

	test('that died is tried again only with another token, even of a new connection', async () => {
		const { fake, meta, pollState } = context;
		await fake.admin('passwordChange', { of: shop.person.id });
		await untilStanding(context, showId, 'disconnected', 'needs_reauth');
		const { deadToken } = await until(
			'the token is noted',
			() => pollState(showId, channelId),
			(state) => state.deadToken !== null
		);
		await expectNoHurry();
		const before = await context.loggedCount(showId);
		live.comment({ userId: 'u3', userName: 'Cleo', text: 'sold 12' });

		// Disconnected and connected anew: another connection, whose token is its first.
		const dead = await meta.store.find(shop.facebook.id);
		if (!dead) throw new Error('the connection is gone');
		await meta.connections.disconnect(dead);
		await until(
			'the operator is told',
			async () => (await context.standing(showId))?.detail ?? '',
			(detail) => detail.includes('disconnected')
		);
		const connected = await context.connect();
		const facebook = connected.find(({ platform }) => platform === 'facebook');
		if (!facebook) throw new Error('no connection');
		expect(facebook.id).not.toBe(shop.facebook.id);
		shop = { ...shop, facebook };
		await untilLogged(context, showId, before + 1);
		await untilStanding(context, showId, 'connected');
		expect((await pollState(showId, channelId)).deadToken).not.toBe(deadToken);
		expect((await loggedIds(context, showId)).toSorted()).toEqual(written().toSorted());
	});

	test('that is sealed with a lost key needs a new login, and can be erased', async () => {
		const { app, meta } = context;
		await app.db
			.updateTable('connections')
			.set({ token: `v1.lost.${'A'.repeat(16)}.${'A'.repeat(80)}` })
			.where('id', '=', shop.facebook.id)
			.execute();
		await untilStanding(context, showId, 'disconnected', 'needs_reauth');
		const connection = await meta.store.find(shop.facebook.id);
		if (!connection) throw new Error('the connection is gone');
		await meta.health.check(connection);
		expect(await healthOf(shop.facebook.id)).toBe('needs_reauth');
		await meta.connections.disconnect(connection);
		expect(await meta.store.find(shop.facebook.id)).toBeNull();
		const [facebook] = (await context.connect()).filter(({ platform }) => platform === 'facebook');
		if (!facebook) throw new Error('no connection');
		shop = { ...shop, facebook };
		await untilStanding(context, showId, 'connected');
	});
});

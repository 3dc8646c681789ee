import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answerDelivery } from '../../src/lib/server/webhook-endpoint.ts';
import type { Connection } from '../../src/lib/server/channels/connection-store.ts';
import type { FakeInstagramAccount } from '../../scripts/fake-meta/world/instagram-account.ts';
import type { InstagramLive } from '../../scripts/fake-meta/world/instagram-live.ts';
import {
	connectionOf,
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
import { holders } from './probes.ts';

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

function write(live: InstagramLive, count: number, text = 'sold 12'): void {
	for (let n = 0; n < count; n++) live.comment({ userId: `i${n}`, userName: `viewer_${n}`, text });
}

const written = (live: InstagramLive): string[] => live.comments.all.map(({ id }) => id);

/** Only webhooks tell of the comments, as with Instagram Login. */
function muteReads(live: InstagramLive): void {
	context.fake.fail({ kind: 'hang', endpoint: 'media_comments', id: live.id, times: null });
}

async function expectLogged(showId: string, live: InstagramLive): Promise<void> {
	await untilLogged(context, showId, live.comments.all.length);
	expect((await loggedIds(context, showId)).toSorted()).toEqual(written(live).toSorted());
}

describe('webhooks of an Instagram live', () => {
	test.each([
		['A, seconds', { instagramShape: 'A', entryTime: 's' }],
		['A, milliseconds', { instagramShape: 'A', entryTime: 'ms' }],
		['B (comment_id)', { instagramShape: 'B' }],
		['C (no changes)', { instagramShape: 'C' }],
		['in an array', { arrayRootShare: 1 }],
		[
			'mixed, in batches, shuffled, twice',
			{
				instagramShape: 'mixed',
				entryTime: 'mixed',
				arrayRootShare: 0.3,
				batch: { min: 1, max: 50 },
				gatherMs: 20,
				shuffle: true,
				duplicateShare: 0.5,
				concurrency: 4
			}
		],
		['with self_ig_scoped_id on everybody', { selfIdOnEverybody: true }]
	] as const)('in shape %s are all taken', async (_, webhooks) => {
		const { fake, logged, figures, app } = context;
		fake.knobs.set({ webhooks });
		const live = shop.account.goLive();
		const { showId, channelId } = await listeningShow(context, shop.instagram, live);
		muteReads(live);
		write(live, 12, 'é sold 12 / 日本 <b> 🎉');
		live.comment({ userId: 'i99', userName: 'late_viewer', text: 'pass 12' });
		await fake.delivered();
		await expectLogged(showId, live);
		expect((await figures(showId, channelId)).byPath.webhook).toBe(13);
		const texts = new Set((await logged(showId)).map(({ text }) => text));
		expect(texts).toEqual(new Set(['é sold 12 / 日本 <b> 🎉', 'pass 12']));
		expect((await holders(app, showId)).winners).toHaveLength(1);
	});

	test('that are not answered with 200, or not in time, come again and count once', async () => {
		const { fake, meta, webhooksUrl } = context;
		fake.knobs.set({ webhooks: { retryScale: 0, timeoutMs: 2_000, concurrency: 3 } });
		// Refused before anything was done; taken without an answer in time; and then as it should be.
		let posts = 0;
		let isTroubled = true;
		const server = createServer((incoming, outgoing) => {
			const url = new URL(incoming.url ?? '/', 'http://localhost');
			if (incoming.method === 'GET') {
				outgoing.end(url.searchParams.get('hub.challenge'));
				return;
			}
			const turn = isTroubled ? posts++ % 3 : 2;
			const chunks: Buffer[] = [];
			incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
			incoming.on('end', () => {
				if (turn === 0) return void outgoing.writeHead(500).end();
				const headers = { 'x-hub-signature-256': String(incoming.headers['x-hub-signature-256']) };
				const request = new Request(url, { method: 'POST', headers, body: Buffer.concat(chunks) });
				void answerDelivery(meta.receiver, request).then(({ status }) => {
					if (turn === 2) outgoing.writeHead(status).end();
				});
			});
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const address = server.address();
		if (address === null || typeof address === 'string') throw new Error('no port');
		await fake.subscribeApp({ callbackUrl: `http://127.0.0.1:${address.port}/` });
		const live = shop.account.goLive();
		const { showId, channelId } = await listeningShow(context, shop.instagram, live);
		muteReads(live);
		write(live, 8);
		await fake.delivered();
		isTroubled = false;
		expect(posts).toBeGreaterThan(16);
		expect(fake.webhooks.givenUp).toBe(0);
		await expectLogged(showId, live);
		// Hours later Meta sends it all once more, and again while we know the very same delivery.
		expect(await fake.admin('replay', { count: 8 })).toEqual({ statuses: { 200: 8 } });
		expect(await fake.admin('replay', { count: 8 })).toEqual({ statuses: { 200: 8 } });
		write(live, 1);
		await expectLogged(showId, live);
		await fake.delivered();
		server.closeAllConnections();
		server.close();
		await fake.subscribeApp({ callbackUrl: webhooksUrl });
		expect((await context.figures(showId, channelId)).byPath.webhook).toBe(9);
	});

	test('of several accounts in one delivery each reach their own show; other lives are ignored', async () => {
		const { fake, connect } = context;
		const other = fake.addPage(shop.person, { name: 'Second', instagram: { username: 'second' } });
		const account = other.instagram;
		if (!account) throw new Error('no account');
		const connected = await connect();
		const second = connected.find(({ accountId }) => accountId === account.id);
		if (!second) throw new Error('not connected');
		const lives = [shop.account.goLive(), account.goLive(), shop.account.goLive()] as const;
		const shows = await Promise.all([
			listeningShow(context, shop.instagram, lives[0]),
			listeningShow(context, second, lives[1])
		]);
		for (const live of lives) muteReads(live);
		fake.knobs.set({
			webhooks: {
				batch: { min: 30, max: 50 },
				gatherMs: 30,
				shuffle: true,
				instagramShape: 'mixed'
			}
		});
		for (const live of lives) write(live, 10);
		await fake.delivered();
		await expectLogged(shows[0].showId, lives[0]);
		await expectLogged(shows[1].showId, lives[1]);
	});

	test('under posts and reels, and of accounts that nobody connected, are ignored', async () => {
		const { loggedCount, app } = context;
		const live = shop.account.goLive();
		const { showId } = await listeningShow(context, shop.instagram, live);
		muteReads(live);
		const from = { id: '900', username: 'ann' };
		const about = (accountId: string, media: object, field = 'comments', id = '17900') => ({
			object: 'instagram',
			entry: [
				{
					id: accountId,
					time: Math.floor(Date.now() / 1000),
					changes: [{ field, value: { id, from, text: 'sold 12', media } }]
				}
			]
		});
		const reel = { id: live.id, media_product_type: 'REELS' };
		const onAir = { id: live.id, media_product_type: 'LIVE' };
		expect(await deliverSigned(context, about(shop.account.id, reel))).toBe(200);
		expect(await deliverSigned(context, about('17999', onAir))).toBe(200);
		expect(await deliverSigned(context, about(shop.account.id, { id: '18999' }))).toBe(200);
		expect(await deliverSigned(context, about(shop.account.id, onAir, 'mentions'))).toBe(200);
		// No usable id: it could not be told from its next delivery.
		expect(await deliverSigned(context, about(shop.account.id, onAir, 'comments', ''))).toBe(200);
		expect(await deliverSigned(context, about(shop.account.id, onAir, 'comments', '17901'))).toBe(
			200
		);
		await untilLogged(context, showId, 1);
		await until(
			'the queue is worked off',
			async () => (await app.redis.llen('{sellary:jobs}:webhooks:active')) === 0
		);
		expect(await loggedCount(showId)).toBe(1);
		expect(await loggedIds(context, showId)).toEqual(['17901']);
	});
});

describe('an Instagram live', () => {
	test('loses nothing when every webhook is dropped', async () => {
		const { fake } = context;
		fake.knobs.set({ webhooks: { dropShare: 1 } });
		const live = shop.account.goLive();
		const { showId } = await listeningShow(context, shop.instagram, live);
		write(live, 130);
		await expectLogged(showId, live);
		expect(await loggedIds(context, showId)).toEqual(written(live));
	});

	test('is over when its account no longer lists it, twice in a row', async () => {
		const { fake, app, pollState } = context;
		const live = shop.account.goLive();
		const { showId, channelId } = await listeningShow(context, shop.instagram, live);
		write(live, 3);
		await untilLogged(context, showId, 3);
		live.stop();
		const lookNow = async (): Promise<number> => {
			const state = await pollState(showId, channelId);
			const stored = JSON.stringify({ ...state, statusAt: 0, nextAt: 0 });
			if (state.nextAt !== null) {
				await app.redis.hset(`sellary:{show:${showId}}:intake`, `${channelId}:poll`, stored);
			}
			return state.missing;
		};
		await until('it is missed once', lookNow, (missing) => missing >= 1);
		expect(fake.calls.count('live_media')).toBeGreaterThan(1);
		await until('it ended', async () => {
			await lookNow();
			return (await context.standing(showId))?.status === 'ended';
		});
		expect(await loggedIds(context, showId)).toEqual(written(live));
	});

	test('never lets the account’s own comments or those of nobody claim', async () => {
		const { app, logged } = context;
		const live = shop.account.goLive();
		const { showId } = await listeningShow(context, shop.instagram, live);
		live.comment({ fromPage: true, text: 'sold 12' });
		live.comment({ userId: 'i1', userName: 'ann', text: 'sold 12', hideAuthor: true });
		await untilLogged(context, showId, 2);
		// By its name: a webhook may name the account by another id.
		const value = {
			id: '17955',
			from: { id: '26000', username: 'demo_shop' },
			text: 'sold 12',
			media: { id: live.id, media_product_type: 'LIVE' }
		};
		const entry = [
			{ id: shop.account.id, time: Date.now(), changes: [{ field: 'live_comments', value }] }
		];
		expect(await deliverSigned(context, { object: 'instagram', entry })).toBe(200);
		await untilLogged(context, showId, 3);
		live.comment({ userId: 'i2', userName: 'ben', text: 'sold 12' });
		await untilLogged(context, showId, 4);
		await app.settle(showId);
		const outcomes = (await logged(showId)).map(({ outcome }) => outcome);
		expect(outcomes.toSorted()).toEqual(['not_counted', 'not_counted', 'not_counted', 'winner']);
		expect(await holders(app, showId)).toEqual({ winners: ['i2'], waitlist: [] });
	});

	test('has its time from polling when a webhook came first: later ones do not overtake it', async () => {
		const { fake, app } = context;
		// Webhooks tell when they were sent; here that is late.
		fake.knobs.set({ webhooks: { delayMs: { min: 0, max: 0 }, hold: true } });
		const live = shop.account.goLive();
		const { showId } = await listeningShow(context, shop.instagram, live);
		write(live, 6);
		await expectLogged(showId, live);
		await fake.admin('releaseWebhooks', { order: 'reverse' });
		await fake.delivered();
		expect(await loggedIds(context, showId)).toEqual(written(live));
		expect((await holders(app, showId)).winners).toEqual(['i0']);
	});
});

describe('an account of Instagram Login', () => {
	let account: FakeInstagramAccount;
	let connection: Connection;
	beforeAll(async () => {
		const { fake, connect } = context;
		account = fake.addInstagramAccount({ username: 'solo_seller' });
		fake.knobs.set({ dialog: { as: account.id } });
		connection = connectionOf(await connect({ login: 'instagram' }), 'instagram');
		fake.knobs.set({ dialog: { as: null } });
	});

	test('is noticed by its first comment, read by webhooks alone, and loses none meanwhile', async () => {
		const { app, meta, fake, listen } = context;
		expect(connection).toMatchObject({ login: 'instagram', health: 'ok', webhooks: true });
		const showId = await app.show();
		await app.settle(showId);
		const live = account.goLive();
		expect(await meta.discovery.lives(connection)).toEqual([]);
		write(live, 2);
		const [found] = await until(
			'the live is noticed',
			() => meta.discovery.lives(connection),
			(lives) => lives.length > 0
		);
		expect(found).toMatchObject({ liveId: live.id, noticed: true });
		await listen(showId, connection, live);
		await untilStanding(context, showId, 'connected');
		write(live, 3);
		// Those that came before somebody listened are looked at again.
		await untilLogged(context, showId, 5);
		expect((await loggedIds(context, showId)).toSorted()).toEqual(written(live));
		const asked = fake.calls.list().map(({ path }) => path);
		expect(asked.filter((path) => path.startsWith(`${live.id}/`))).toEqual([]);
		expect(asked).not.toContain(`${account.id}/live_media`);
	});

	test('whose webhooks are signed with its own app’s secret is heard as well', async () => {
		const { fake } = context;
		fake.knobs.set({ webhooks: { instagramLoginSecret: 'instagram', instagramShape: 'C' } });
		const live = account.goLive();
		const { showId } = await listeningShow(context, connection, live);
		write(live, 3);
		await expectLogged(showId, live);
	});

	test('gets its token renewed by the health job after a day, once', async () => {
		const { app, fake, meta } = context;
		const before = await meta.store.openTokens(connection.id);
		const refreshed = fake.calls.count('ig_refresh');
		await meta.health.checkAll();
		expect(fake.calls.count('ig_refresh')).toBe(refreshed);
		fake.advance(25 * 3_600_000);
		await app.db
			.updateTable('connections')
			.set({ token_issued_at: new Date(Date.now() - 25 * 3_600_000) })
			.where('id', '=', connection.id)
			.execute();
		await meta.health.checkAll();
		const after = await meta.store.openTokens(connection.id);
		expect(after.version).toBe(before.version + 1);
		expect(after.token).not.toBe(before.token);
		await meta.health.checkAll();
		expect(fake.calls.count('ig_refresh')).toBe(refreshed + 1);
		const renewed = await meta.store.find(connection.id);
		expect(renewed).toMatchObject({ health: 'ok', webhooks: true });
		expect(renewed?.tokenExpiresAt?.getTime()).toBeGreaterThan(Date.now() + 59 * 86_400_000);
	});

	test('whose token died needs a new login; its channel says so and comes back', async () => {
		const { fake, meta, connect } = context;
		const live = account.goLive();
		const { showId } = await listeningShow(context, connection, live);
		await fake.admin('expireToken', { of: account.id });
		await meta.health.checkAll();
		await untilStanding(context, showId, 'disconnected', 'needs_reauth');
		fake.knobs.set({ dialog: { as: account.id } });
		const again = connectionOf(await connect({ login: 'instagram' }), 'instagram');
		fake.knobs.set({ dialog: { as: null } });
		expect(again.id).toBe(connection.id);
		await untilStanding(context, showId, 'connected');
		write(live, 2);
		await expectLogged(showId, live);
	});

	test('that sends no webhooks is shown as such: there is no other way to its comments', async () => {
		const { meta } = context;
		const live = account.goLive();
		const { showId } = await listeningShow(context, connection, live);
		await meta.store.setWebhooks(connection.id, false);
		await untilStanding(context, showId, 'degraded', 'permission');
		await meta.health.checkAll();
		await untilStanding(context, showId, 'connected');
	});
});

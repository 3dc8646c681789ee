import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CallbackServer, payloadOf } from './callback-fixture.ts';
import { codeOf, connectedShop, graph } from './client-fixture.ts';
import { FakeMeta } from './server.ts';

let fake: FakeMeta;
let callback: CallbackServer;
let shop: Awaited<ReturnType<typeof connectedShop>>;
beforeEach(async () => {
	fake = await FakeMeta.start({ seed: 11 });
	callback = await CallbackServer.start();
	shop = await connectedShop(fake);
});
afterEach(async () => {
	await fake.stop();
	await callback.stop();
});

async function subscribeAll() {
	await fake.subscribeApp({ callbackUrl: callback.url });
	await subscribePage('feed,live_videos');
}

function subscribePage(subscribed_fields: string) {
	const path = `${shop.page.id}/subscribed_apps`;
	const query = { subscribed_fields };
	return graph(fake, path, { token: shop.pageToken, method: 'POST', query });
}

describe('the handshake', () => {
	test('fails for another verify token, another answer, and a query string', async () => {
		const { url: callbackUrl } = callback;
		await expect(fake.subscribeApp({ callbackUrl, verifyToken: 'wrong' })).rejects.toThrow('403');
		callback.handshake = (challenge) => `"${challenge}"`;
		await expect(fake.subscribeApp({ callbackUrl })).rejects.toThrow('challenge');
		callback.handshake = (challenge) => challenge;
		await expect(fake.subscribeApp({ callbackUrl: `${callbackUrl}?a=1` })).rejects.toThrow('query');
		await fake.subscribeApp({ callbackUrl });
	});

	test('is made by the app’s own call too', async () => {
		const { META_APP_ID: id = '', META_APP_SECRET: secret = '' } = fake.env;
		const query = {
			access_token: `${id}|${secret}`,
			object: 'page',
			callback_url: callback.url,
			fields: 'feed',
			verify_token: 'wrong'
		};
		const post = (changes: object) =>
			graph(fake, `${id}/subscriptions`, { method: 'POST', query: { ...query, ...changes } });
		expect(codeOf(await post({}))).toBe('2200');
		expect((await post({ verify_token: 'test_verify_token' })).body).toEqual({ success: true });
	});
});

describe('nothing is delivered', () => {
	test('without the app’s subscription', async () => {
		await subscribePage('feed');
		shop.page.goLive().comment({ userId: 'u', text: 'a' });
		await fake.delivered();
		expect(callback.received).toEqual([]);
	});

	test('without the page’s, on Facebook and on Instagram, nor after it is taken back', async () => {
		await fake.subscribeApp({ callbackUrl: callback.url });
		const [live, media] = [shop.page.goLive(), shop.instagram.goLive()];
		live.comment({ userId: 'u', text: 'a' });
		media.comment({ userId: 'u', text: 'a' });
		await subscribePage('feed');
		await graph(fake, `${shop.page.id}/subscribed_apps`, {
			token: shop.pageToken,
			method: 'DELETE'
		});
		live.comment({ userId: 'u', text: 'b' });
		media.comment({ userId: 'u', text: 'b' });
		await fake.delivered();
		expect(callback.received).toEqual([]);
	});

	test('of fields that are not subscribed to', async () => {
		await fake.subscribeApp({ callbackUrl: callback.url });
		await subscribePage('live_videos');
		shop.page.goLive().comment({ userId: 'u', text: 'a' });
		await fake.delivered();
		expect(callback.received.map((delivery) => payloadOf(delivery).entry)).toEqual([
			[expect.objectContaining({ changes: [expect.objectContaining({ field: 'live_videos' })] })]
		]);
	});
});

describe('a delivery', () => {
	test('is signed over its escaped bytes, with both headers', async () => {
		await subscribeAll();
		shop.instagram.goLive().comment({ userId: 'u', userName: 'ann', text: 'café / 😍' });
		await fake.delivered();
		const [delivery] = callback.received;
		expect(delivery?.isGenuine).toBe(true);
		expect(delivery?.body).toContain('caf\\u00e9 \\/ \\ud83d\\ude0d');
		expect(delivery?.headers['x-hub-signature']).toMatch(/^sha1=[0-9a-f]{40}$/);
		expect(delivery?.headers['content-type']).toBe('application/json');
	});

	test('of a comment on Facebook names it by the post, with a reply’s parent', async () => {
		await subscribeAll();
		const live = shop.page.goLive();
		const at = 1_701_413_571_900;
		const first = live.comment({ userId: 'u1', userName: 'Ann', text: 'sold 12', at });
		live.comment({ userId: 'u2', userName: 'Ben', text: 'me', reply: first.id });
		await fake.delivered();
		const values = callback.received.map((delivery) => payloadOf(delivery).entry[0]?.changes?.[0]);
		const post = `${shop.page.id}_${live.postId}`;
		expect(values[1]).toEqual({
			field: 'feed',
			value: {
				from: { id: 'u1', name: 'Ann' },
				post: expect.objectContaining({ id: post, status_type: 'added_video' }),
				message: 'sold 12',
				post_id: post,
				comment_id: live.webhookId(first.id),
				created_time: 1_701_413_571,
				item: 'comment',
				parent_id: post,
				verb: 'add'
			}
		});
		expect(values[2]?.value).toMatchObject({ parent_id: live.webhookId(first.id) });
	});

	test('tells of the start, of comments hidden and removed, and of the end', async () => {
		await subscribeAll();
		const live = shop.page.goLive();
		const { id } = live.comment({ userId: 'u1', userName: 'Ann', text: 'sold 12' });
		live.hide(id);
		live.remove(id);
		live.stop();
		await fake.delivered();
		const values = callback.received.map(
			(delivery) => payloadOf(delivery).entry[0]?.changes?.[0]?.value
		);
		expect(values.map((value) => value?.['verb'] ?? value?.['status'])).toEqual([
			'live',
			'add',
			'hide',
			'remove',
			'live_stopped'
		]);
		expect(values[0]).toEqual({ id: live.id, status: 'live' });
		expect(values[3]).not.toHaveProperty('message');
	});

	test('of the feed brings reactions and posts too', async () => {
		fake.knobs.set({ webhooks: { noiseShare: 1 } });
		await subscribeAll();
		const live = shop.page.goLive();
		for (let index = 0; index < 20; index++) live.comment({ userId: 'u', text: 'sold 2' });
		await fake.delivered();
		const items = callback.received.map(
			(delivery) => payloadOf(delivery).entry[0]?.changes?.[0]?.value['item']
		);
		expect(items.filter((item) => item === 'comment')).toHaveLength(20);
		expect(items).toEqual(expect.arrayContaining(['reaction', 'status']));
	});

	test('of an Instagram Login account goes by its own subscription, signed by either secret', async () => {
		await fake.subscribeApp({ callbackUrl: callback.url });
		const account = fake.addInstagramAccount({ username: 'pellam' });
		account.subscribedFields.add('live_comments');
		const live = account.goLive();
		live.comment({ userId: 'u', userName: 'ann', text: 'a' });
		await fake.delivered();
		fake.knobs.set({ webhooks: { instagramLoginSecret: 'instagram' } });
		live.comment({ userId: 'u', userName: 'ann', text: 'b' });
		await fake.delivered();
		expect(callback.received.map(({ isGenuine }) => isGenuine)).toEqual([true, false]);
	});
});

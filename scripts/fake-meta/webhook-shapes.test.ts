import { afterEach, beforeEach, expect, test } from 'vitest';
import { CallbackServer, commentIdsOf, payloadOf } from './callback-fixture.ts';
import { FakeMeta } from './server.ts';
import type { InstagramLive } from './world/instagram-live.ts';

let fake: FakeMeta;
let callback: CallbackServer;
let live: InstagramLive;
beforeEach(async () => {
	fake = await FakeMeta.start({ seed: 12 });
	callback = await CallbackServer.start();
	const account = fake.addInstagramAccount({ username: 'pellam' });
	account.subscribedFields.add('live_comments');
	await fake.subscribeApp({ callbackUrl: callback.url });
	live = account.goLive();
});
afterEach(async () => {
	await fake.stop();
	await callback.stop();
});

async function deliver(input: object = {}) {
	const { id } = live.comment({ userId: 'u', userName: 'ann', text: 'sold 1', ...input });
	await fake.delivered();
	const delivery = callback.received.at(-1);
	if (!delivery) throw new Error('nothing was delivered');
	return { id, delivery, entry: payloadOf(delivery).entry[0] };
}

test('shape A has changes and an id', async () => {
	const { id, entry } = await deliver();
	expect(entry).toEqual({
		id: live.account.id,
		time: expect.any(Number),
		changes: [
			{
				field: 'live_comments',
				value: {
					from: { id: 'u', username: 'ann' },
					media: { id: live.id, media_product_type: 'LIVE' },
					id,
					text: 'sold 1'
				}
			}
		]
	});
});

test('shape B calls the id comment_id and names what a reply answers', async () => {
	fake.knobs.set({ webhooks: { instagramShape: 'B' } });
	const first = await deliver();
	const { id, entry } = await deliver({ reply: first.id });
	expect(entry?.changes?.[0]?.value).toMatchObject({ comment_id: id, parent_id: first.id });
	expect(entry?.changes?.[0]?.value).not.toHaveProperty('id');
});

test('shape C has field and value in the entry', async () => {
	fake.knobs.set({ webhooks: { instagramShape: 'C' } });
	const { id, entry } = await deliver();
	expect(entry).toMatchObject({ field: 'live_comments', value: { id } });
	expect(entry).not.toHaveProperty('changes');
});

test('the root may be an array', async () => {
	fake.knobs.set({ webhooks: { arrayRootShare: 1 } });
	const { delivery } = await deliver();
	expect(delivery.body).toMatch(/^\[\{"object":"instagram"/);
});

test('the time is that of sending, in seconds or in milliseconds', async () => {
	fake.advance(86_400_000);
	const now = fake.now();
	const { entry } = await deliver({ at: 1_000 });
	expect(entry?.time).toBeGreaterThanOrEqual(Math.floor(now / 1000));
	expect(entry?.time).toBeLessThan(1e12);
	fake.knobs.set({ webhooks: { entryTime: 'ms' } });
	expect((await deliver()).entry?.time).toBeGreaterThanOrEqual(now);
});

test('text and author may be missing', async () => {
	const { entry } = await deliver({ text: undefined, hideAuthor: true });
	expect(Object.keys(entry?.changes?.[0]?.value ?? {})).toEqual(['media', 'id']);
});

test('the account’s own comments say so; others’ when told so', async () => {
	const own = await deliver({ fromPage: true });
	const { id } = live.account;
	expect(own.entry?.changes?.[0]?.value['from']).toMatchObject({ id, self_ig_scoped_id: id });
	fake.knobs.set({ webhooks: { selfIdOnEverybody: true } });
	const other = await deliver();
	expect(other.entry?.changes?.[0]?.value['from']).toMatchObject({ self_ig_scoped_id: 'u' });
});

test('all shapes come, mixed', async () => {
	fake.knobs.set({
		webhooks: { instagramShape: 'mixed', entryTime: 'mixed', arrayRootShare: 0.5 }
	});
	const sent: string[] = [];
	for (let index = 0; index < 30; index++) sent.push((await deliver()).id);
	const bodies = callback.received.map(({ body }) => body);
	for (const sign of [/"comment_id"/, /"time":\d{10},"field"/, /^\[/, /"time":\d{13},/]) {
		expect(bodies.some((body) => sign.test(body))).toBe(true);
	}
	expect(callback.received.flatMap(commentIdsOf)).toEqual(sent);
});

test('what is removed is told of by nobody, what is repeated once more', async () => {
	const { id } = await deliver();
	live.repeat(id);
	live.remove(id);
	await fake.delivered();
	expect(callback.commentIds).toEqual([id, id]);
});

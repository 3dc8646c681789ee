import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { codeOf, connectedShop, dataOf, graph } from './client-fixture.ts';
import { FakeMeta } from './server.ts';

let fake: FakeMeta;
let shop: Awaited<ReturnType<typeof connectedShop>>;

beforeEach(async () => {
	fake = await FakeMeta.start();
	shop = await connectedShop(fake);
});
afterEach(() => fake.stop());

const FIELDS = 'id,from{id,name},message,created_time,parent{id}';

function comments(liveId: string, query: Record<string, string> = {}, token = shop.pageToken) {
	const careful = { filter: 'stream', live_filter: 'no_filter', order: 'chronological' };
	return graph(fake, `${liveId}/comments`, {
		token,
		query: { ...careful, fields: FIELDS, ...query }
	});
}

describe('live videos of a page', () => {
	test('are filtered by a JSON array of statuses, newest first', async () => {
		const first = shop.page.goLive({ title: 'One' });
		first.stop();
		const second = shop.page.goLive({ title: 'Two' });
		const third = shop.page.goLive({ title: 'Three' });
		const read = (status: string) =>
			graph(fake, `${shop.page.id}/live_videos`, {
				token: shop.pageToken,
				query: { broadcast_status: status, fields: 'id,status,title' }
			});
		expect(dataOf(await read('["LIVE"]'))).toEqual([
			{ id: third.id, status: 'LIVE', title: 'Three' },
			{ id: second.id, status: 'LIVE', title: 'Two' }
		]);
		expect(codeOf(await read('LIVE'))).toBe('100');
		expect(codeOf(await read('["ONLINE"]'))).toBe('100');
	});

	test('go from LIVE over LIVE_STOPPED and PROCESSING to VOD, and viewers linger', async () => {
		const live = shop.page.goLive();
		const status = async () => {
			const query = { fields: 'status,live_views' };
			return (await graph(fake, live.id, { token: shop.pageToken, query })).body;
		};
		expect(await status()).toMatchObject({ status: 'LIVE' });
		live.stop();
		expect(await status()).toMatchObject({ status: 'LIVE_STOPPED', live_views: 214 });
		fake.advance(15_000);
		expect(await status()).toMatchObject({ status: 'PROCESSING' });
		fake.advance(120_000);
		expect(await status()).toMatchObject({ status: 'VOD' });
	});
});

describe('comments', () => {
	test('come flat, oldest first, with the video’s prefix and times in whole seconds', async () => {
		const live = shop.page.goLive();
		const at = Date.UTC(2026, 9, 4, 16, 3, 10, 999);
		const first = live.comment({ userId: 'u1', userName: 'Ann', text: 'sold 12', at });
		live.comment({ userId: 'u2', userName: 'Ben', text: 'me too', at: at + 1, reply: first.id });
		expect(dataOf(await comments(live.id))).toEqual([
			{
				id: `${live.videoId}_${first.id}`,
				from: { id: 'u1', name: 'Ann' },
				message: 'sold 12',
				created_time: '2026-10-04T16:03:10+0000'
			},
			expect.objectContaining({ parent: { id: `${live.videoId}_${first.id}` } })
		]);
	});

	test('without stream and no_filter miss replies and low quality', async () => {
		const live = shop.page.goLive();
		const first = live.comment({ userId: 'u1', text: 'a' });
		live.comment({ userId: 'u2', text: 'b', reply: first.id });
		live.comment({ userId: 'u3', text: 'c', lowQuality: true });
		expect(dataOf(await comments(live.id))).toHaveLength(3);
		expect(dataOf(await comments(live.id, { filter: 'toplevel' }))).toHaveLength(2);
		expect(dataOf(await comments(live.id, { live_filter: 'filter_low_quality' }))).toHaveLength(2);
		expect(codeOf(await comments(live.id, { live_filter: 'stream' }))).toBe('100');
	});

	test('since is inclusive and in whole seconds', async () => {
		const live = shop.page.goLive();
		for (const at of [10_000, 10_999, 11_000]) live.comment({ userId: 'u', text: 'x', at });
		expect(dataOf(await comments(live.id, { since: '10' }))).toHaveLength(3);
		expect(dataOf(await comments(live.id, { since: '11' }))).toHaveLength(1);
	});

	test('have no author for a token that is not the page’s', async () => {
		const live = shop.page.goLive();
		live.comment({ userId: 'u1', userName: 'Ann', text: 'sold 1' });
		const [comment] = dataOf(await comments(live.id, {}, shop.userToken));
		expect(comment).not.toHaveProperty('from');
	});
});

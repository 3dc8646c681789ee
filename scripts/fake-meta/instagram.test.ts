import { afterEach, beforeEach, expect, test } from 'vitest';
import { codeOf, connectedShop, dataOf, graph, pagingOf } from './client-fixture.ts';
import { FakeMeta } from './server.ts';

let fake: FakeMeta;
let shop: Awaited<ReturnType<typeof connectedShop>>;
beforeEach(async () => {
	fake = await FakeMeta.start();
	shop = await connectedShop(fake);
});
afterEach(() => fake.stop());

const FIELDS = 'id,text,timestamp,username,from{id,username},parent_id';

function read(path: string, query: Record<string, string> = {}, token = shop.pageToken) {
	return graph(fake, path, { token, query });
}

test('live_media is empty before the start and after the end', async () => {
	const path = `${shop.instagram.id}/live_media`;
	expect((await read(path)).body).toEqual({ data: [] });
	const live = shop.instagram.goLive();
	const fields = { fields: 'id,media_type,media_product_type,owner,username,timestamp' };
	expect(dataOf(await read(path, fields))).toEqual([
		{
			id: live.id,
			media_type: 'BROADCAST',
			media_product_type: 'LIVE',
			owner: { id: shop.instagram.id },
			username: 'ashgrove.finds',
			timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/)
		}
	]);
	expect((await read(path, fields, shop.userToken)).status).toBe(200);
	live.stop();
	expect((await read(path)).body).toEqual({ data: [] });
});

test('comments come newest first, fifty at most, with cursors', async () => {
	const live = shop.instagram.goLive();
	const ids = Array.from(
		{ length: 60 },
		(_, index) => live.comment({ userId: `u${index}`, userName: 'ann', text: `t${index}` }).id
	);
	const first = await read(`${live.id}/comments`, { fields: FIELDS, limit: '100' });
	const { cursors } = pagingOf(first);
	const second = await read(`${live.id}/comments`, { fields: FIELDS, after: cursors.after });
	const seen = [...dataOf(first), ...dataOf(second)].map(({ id }) => id);
	expect(dataOf(first)).toHaveLength(50);
	expect(seen).toEqual(ids.toReversed());
	expect(dataOf(first)[0]).toMatchObject({
		text: 't59',
		username: 'ann',
		from: { id: 'u59', username: 'ann' }
	});
});

test('comments can’t be read after the end, one by one neither: code 100/33', async () => {
	const live = shop.instagram.goLive();
	const { id } = live.comment({ userId: 'u', userName: 'ann', text: 'sold 1' });
	const fields = { fields: 'timestamp,text,from,username,media' };
	expect((await read(id, fields)).body).toMatchObject({
		text: 'sold 1',
		media: { id: live.id },
		timestamp: expect.any(String)
	});
	live.stop();
	for (const path of [`${live.id}/comments`, live.id, id]) {
		const reply = await read(path);
		expect([reply.status, codeOf(reply)]).toEqual([400, '100/33']);
	}
});

test('a comment that is deleted disappears; a hidden author has no name', async () => {
	const live = shop.instagram.goLive();
	const { id } = live.comment({ userId: 'u', userName: 'ann', text: 'a' });
	live.comment({ userId: 'u', userName: 'ann', text: 'b', hideAuthor: true });
	live.remove(id);
	expect(dataOf(await read(`${live.id}/comments`, { fields: 'text,username,from' }))).toEqual([
		{ id: expect.any(String), text: 'b' }
	]);
});

test('the permissions of Instagram are wanted', async () => {
	const live = shop.instagram.goLive();
	const of = shop.person.id;
	await fake.admin('removePermission', { of, permission: 'instagram_manage_comments' });
	expect(codeOf(await read(`${live.id}/comments`))).toBe('200');
	expect((await read(`${shop.instagram.id}/live_media`)).status).toBe(200);
	await fake.admin('removePermission', { of, permission: 'instagram_basic' });
	expect(codeOf(await read(`${shop.instagram.id}/live_media`))).toBe('200');
	const page = await read(shop.page.id, { fields: 'instagram_business_account' });
	expect(page.body).toEqual({ id: shop.page.id });
});

test('another page’s account is not for this token', async () => {
	const person = fake.addPerson({ name: 'Orla Quill' });
	const other = fake.addPage(person, { name: 'Other', instagram: { username: 'other' } });
	expect(codeOf(await read(`${other.instagram?.id}/live_media`))).toBe('100/33');
});

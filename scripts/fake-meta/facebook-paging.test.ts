import { afterEach, beforeEach, expect, test } from 'vitest';
import { codeOf, connectedShop, dataOf, graph, pagingOf } from './client-fixture.ts';
import { FakeMeta } from './server.ts';
import type { FacebookLive } from './world/facebook-live.ts';

let fake: FakeMeta;
let shop: Awaited<ReturnType<typeof connectedShop>>;
let live: FacebookLive;
beforeEach(async () => {
	fake = await FakeMeta.start({ seed: 3 });
	shop = await connectedShop(fake);
	live = shop.page.goLive();
});
afterEach(() => fake.stop());

function read(query: Record<string, string> = {}, token = shop.pageToken) {
	return graph(fake, `${live.id}/comments`, { token, query });
}

function write(count: number): string[] {
	return Array.from({ length: count }, (_, index) => {
		const comment = live.comment({ userId: `u${index}`, userName: 'Ann', text: `c${index}` });
		return live.readId(comment.id);
	});
}

const idsOf = (reply: Awaited<ReturnType<typeof read>>) => dataOf(reply).map(({ id }) => id);

test('pages follow each other by after; the last one too has a cursor, but no next', async () => {
	const ids = write(7);
	const first = await read({ limit: '3' });
	const second = await read({ limit: '3', after: pagingOf(first).cursors.after });
	const third = await read({ limit: '3', after: pagingOf(second).cursors.after });
	expect([...idsOf(first), ...idsOf(second), ...idsOf(third)]).toEqual(ids);
	expect(pagingOf(second).next).toContain('limit=3');
	expect(pagingOf(third).next).toBeUndefined();
	expect((await read({ after: pagingOf(third).cursors.after })).body).toEqual({ data: [] });
	expect(idsOf(await read({ limit: '3', before: pagingOf(third).cursors.before }))).toEqual(
		ids.slice(3, 6)
	);
});

test('next has the token in it, and no proof: following it blindly fails', async () => {
	write(3);
	const next = new URL(pagingOf(await read({ limit: '2', since: '0' })).next ?? '');
	expect(next.searchParams.get('access_token')).toBe(shop.pageToken);
	expect(next.searchParams.get('since')).toBe('0');
	expect(next.searchParams.has('appsecret_proof')).toBe(false);
	expect((await fetch(next)).status).toBe(400);
});

test('a page has at most 100, 25 unless told', async () => {
	write(120);
	expect(dataOf(await read({ limit: '5000' }))).toHaveLength(100);
	expect(dataOf(await read())).toHaveLength(25);
	expect(codeOf(await read({ limit: 'all' }))).toBe('100');
});

test('reverse order, asked for or served although chronological was asked for', async () => {
	const ids = write(3);
	expect(idsOf(await read({ order: 'reverse_chronological' }))).toEqual(ids.toReversed());
	fake.knobs.set({ facebook: { reverseOrder: true } });
	expect(idsOf(await read({ order: 'chronological' }))).toEqual(ids.toReversed());
	expect(codeOf(await read({ order: 'ranked' }))).toBe('100');
});

test('others write between two pages', async () => {
	write(4);
	fake.knobs.set({ facebook: { insertWhilePaging: 2 } });
	const first = await read({ limit: '3' });
	expect(idsOf(await read({ limit: '100', after: pagingOf(first).cursors.after }))).toHaveLength(3);
});

test('a cursor dies with its comment, or when all are killed: code 100', async () => {
	write(4);
	const { after } = pagingOf(await read({ limit: '2' })).cursors;
	const second = live.comments.all[1];
	live.remove(second?.id ?? '');
	expect(codeOf(await read({ after }))).toBe('100');
	const other = pagingOf(await read({ limit: '2' })).cursors.after;
	await fake.admin('killCursors', {});
	expect(codeOf(await read({ after: other }))).toBe('100');
	expect(codeOf(await read({ after: 'made-up' }))).toBe('100');
});

test('a comment that is deleted is gone from every read', async () => {
	const [id = ''] = write(2);
	live.remove(live.comments.all[0]?.id ?? '');
	expect(idsOf(await read())).toHaveLength(1);
	expect(codeOf(await graph(fake, id, { token: shop.pageToken }))).toBe('100/33');
});

test('a summary counts all', async () => {
	write(30);
	expect((await read({ limit: '1', summary: 'total_count' })).body['summary']).toMatchObject({
		total_count: 30
	});
});

test('a share of the authors is missing, until the comment is read by itself often enough', async () => {
	write(200);
	fake.knobs.set({ facebook: { omitFromShare: 0.2, omitFromReads: 1 } });
	const comments = dataOf(await read({ limit: '100', fields: 'from' }));
	const [without] = comments.filter((comment) => !('from' in comment));
	expect(comments.filter((comment) => 'from' in comment).length).toBeGreaterThan(50);
	expect(without).toBeDefined();
	const alone = { token: shop.pageToken, query: { fields: 'from,message' } };
	expect((await graph(fake, without?.id ?? '', alone)).body).not.toHaveProperty('from');
	expect((await graph(fake, without?.id ?? '', alone)).body).toHaveProperty('from.id');
});

test('a comment is read by itself under either prefix, and several at once', async () => {
	const hidden = live.comment({ userId: 'u', userName: 'Ann', text: 'a', hideAuthor: true });
	const open = live.comment({ userId: 'u', userName: 'Ann', text: 'b' });
	const ids = [live.readId(hidden.id), live.webhookId(open.id)];
	const query = { fields: 'from,message' };
	const many = await graph(fake, '', {
		token: shop.pageToken,
		query: { ...query, ids: ids.join(',') }
	});
	expect(many.body).toEqual({
		[ids[0] ?? '']: { id: ids[0], message: 'a' },
		[ids[1] ?? '']: { id: ids[1], message: 'b', from: { id: 'u', name: 'Ann' } }
	});
	const one = await graph(fake, ids[1] ?? '', { token: shop.pageToken, query });
	expect(one.body).toEqual(many.body[ids[1] ?? '']);
	expect(fake.calls.count('comment')).toBe(1);
	expect(fake.calls.count('ids')).toBe(1);
});

test('the page’s own comments come from the page', async () => {
	live.comment({ fromPage: true, text: 'thank you' });
	expect(dataOf(await read({ fields: 'from' }))[0]).toMatchObject({ from: { id: shop.page.id } });
});

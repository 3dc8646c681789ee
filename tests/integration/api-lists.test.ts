import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Member } from '../../src/lib/server/auth/member.ts';
import { createDevCaller } from '../../src/lib/server/trpc/caller.ts';
import type { DevApi } from '../../src/lib/server/trpc/caller.ts';
import { findAppError } from '../../src/lib/server/trpc/errors.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';

let app: TestContext;
let api: DevApi;
let people = 0;

async function newMember(): Promise<Member> {
	const name = `member${++people}`;
	return await app.auth.register(
		{ email: `${name}@example.com`, password: 'correct horse', name, workspaceName: name },
		{ address: `198.51.100.${people}` }
	);
}

beforeAll(async () => {
	app = await createTestContext();
});
afterAll(() => app.close());
beforeEach(async () => {
	api = createDevCaller(app, await newMember());
});

async function refusalOf(
	call: Promise<unknown>
): Promise<{ code: string; details: object } | null> {
	try {
		await call;
		return null;
	} catch (error) {
		const refusal = findAppError(error);
		if (!refusal) throw error;
		return { code: refusal.code, details: refusal.details };
	}
}

/** Every row of a list, page by page, with how many pages there were. */
async function allPages<Row>(
	read: (cursor: string | null) => Promise<{ rows: Row[]; nextCursor: string | null }>
): Promise<{ rows: Row[]; pages: number }> {
	const rows: Row[] = [];
	let cursor: string | null = null;
	for (let pages = 1; ; pages++) {
		const page: { rows: Row[]; nextCursor: string | null } = await read(cursor);
		rows.push(...page.rows);
		cursor = page.nextCursor;
		if (cursor === null) return { rows, pages };
	}
}

/** An active show of the member with items 1 and 2 (one unit each) and twelve claims on item 1. */
async function soldShow(): Promise<string> {
	const { showId } = await api.shows.create({
		name: 'Sold',
		items: [
			{ number: '1', title: 'Hat', quantity: 1 },
			{ number: '2', title: 'Cap', quantity: 1 }
		]
	});
	await api.shows.activate({ showId });
	for (let n = 1; n <= 12; n++)
		await app.say(showId, `u${n}`, 'sold 1', { userHandle: `Buyer_${n}` });
	await app.say(showId, 'u2', 'sold 2', { userHandle: 'Renamed 100%' });
	await app.say(showId, 'u3', '50% off? a_b c\\d');
	await app.settle(showId);
	return showId;
}

describe('shows', () => {
	test('a new show has its items as events, in order, with clean titles and numbers', async () => {
		const { showId } = await api.shows.create({
			name: '  My \u0000 show ',
			claimWord: 'ＭＩＮＥ!',
			items: [
				{ number: '0012', title: ' Hat ', quantity: 2 },
				{ number: '7', title: 'Cap', quantity: 0 }
			]
		});
		const snapshot = await api.shows.snapshot({ showId });
		expect(snapshot).toMatchObject({
			seq: 2,
			status: 'draft',
			settings: { name: 'My   show', claimWord: 'mine', passWord: 'pass' }
		});
		expect(snapshot.items).toMatchObject([
			{ number: '7', title: 'Cap', quantity: 0 },
			{ number: '12', title: 'Hat', quantity: 2 }
		]);
	});

	test.each([
		['equal words', { name: 'x', claimWord: 'sold', passWord: 'SOLD!' }],
		['a word that is none', { name: 'x', claimWord: '12' }],
		['two items with one number', { name: 'x', items: [item('1'), item('01')] }],
		['item 0', { name: 'x', items: [item('0')] }],
		['a blank name', { name: ' \n ' }],
		['501 items', { name: 'x', items: Array.from({ length: 501 }, (_, n) => item(String(n + 1))) }]
	])('%s are INVALID_INPUT and make no show', async (_, input) => {
		expect(await refusalOf(api.shows.create(input))).toMatchObject({ code: 'INVALID_INPUT' });
		expect((await api.shows.list({})).shows).toEqual([]);
	});

	function item(number: string) {
		return { number, title: 'Hat', quantity: 1 };
	}

	test('the list is newest first, and its pages neither repeat nor skip', async () => {
		const ids: string[] = [];
		for (let n = 0; n < 12; n++) {
			ids.unshift((await api.shows.create({ name: `Show ${n}` })).showId);
		}
		const { rows, pages } = await allPages(async (cursor) => {
			const page = await api.shows.list({ cursor, limit: 5 });
			return { rows: page.shows, nextCursor: page.nextCursor };
		});
		expect(rows.map((show) => show.id)).toEqual(ids);
		expect(pages).toBe(3);
	});

	test('shows made at the same microsecond are paged as well', async () => {
		for (let n = 0; n < 5; n++) await api.shows.create({ name: `Show ${n}` });
		await app.db
			.updateTable('shows')
			.set({ created_at: new Date(0) })
			.execute();
		const { rows } = await allPages(async (cursor) => {
			const page = await api.shows.list({ cursor, limit: 2 });
			return { rows: page.shows, nextCursor: page.nextCursor };
		});
		expect(new Set(rows.map((show) => show.id)).size).toBe(5);
	});

	test('a cursor of another workspace’s show shows nothing', async () => {
		const others = createDevCaller(app, await newMember());
		const { showId } = await others.shows.create({ name: 'Theirs' });
		await api.shows.create({ name: 'Mine' });
		expect((await api.shows.list({ cursor: showId })).shows).toEqual([]);
	});

	test('search takes % and _ as they are, and status filters', async () => {
		await api.shows.create({ name: '100% wool' });
		const { showId } = await api.shows.create({ name: '100 pieces of wool' });
		const names = async (input: Parameters<DevApi['shows']['list']>[0]) =>
			(await api.shows.list(input)).shows.map((show) => show.name);
		expect(await names({ search: '100%' })).toEqual(['100% wool']);
		expect(await names({ search: 'WOOL' })).toHaveLength(2);
		expect(await names({ search: '_' })).toEqual([]);
		await api.shows.activate({ showId });
		await app.settle(showId);
		expect(await names({ status: 'active' })).toEqual(['100 pieces of wool']);
	});

	test('counts items, winners and comments', async () => {
		const showId = await soldShow();
		const [summary] = (await api.shows.list({})).shows;
		expect(summary).toMatchObject({
			id: showId,
			status: 'active',
			itemCount: 2,
			winnerCount: 2,
			commentCount: 14,
			endedAt: null
		});
		expect(await api.shows.get({ showId })).toEqual({
			...summary,
			claimWord: 'sold',
			passWord: 'pass',
			overrides: { pollSeconds: null, sounds: null }
		});
	});

	test('the dashboard counts people: linked accounts are one buyer, in all shows', async () => {
		for (const user of ['ana', 'ben', 'ana-2']) {
			const items = [{ number: '1', title: 'Mug', quantity: 1 }];
			const { showId } = await api.shows.create({ name: 'Sale', items });
			await api.shows.activate({ showId });
			await app.say(showId, user, 'sold 1');
			await app.settle(showId);
		}
		const figures = async () => (await api.shows.dashboard()).figures;
		expect(await figures()).toMatchObject({ shows: 3, unitsSold: 3, buyers: 3 });
		await api.buyers.link({ buyerKey: 'facebook:ana', otherKey: 'facebook:ana-2' });
		expect(await figures()).toMatchObject({ shows: 3, unitsSold: 3, buyers: 2 });
	});

	test('update changes what is given and keeps the rest', async () => {
		const { showId } = await api.shows.create({ name: 'Old', claimWord: 'mine' });
		await api.shows.update({ showId, name: 'New' });
		expect((await api.shows.snapshot({ showId })).settings).toEqual({
			name: 'New',
			claimWord: 'mine',
			passWord: 'pass'
		});
		const clash = api.shows.update({ showId, passWord: 'Mine' });
		expect(await refusalOf(clash)).toMatchObject({ code: 'INVALID_INPUT' });
	});

	test('an action that the status does not allow says in which status the show is', async () => {
		const { showId } = await api.shows.create({ name: 'Draft' });
		expect(await refusalOf(api.shows.pause({ showId }))).toEqual({
			code: 'INVALID_TRANSITION',
			details: { status: 'draft' }
		});
	});
});

describe('claims, comments and buyers', () => {
	test('claims are listed newest first, filtered, and paged', async () => {
		const showId = await soldShow();
		const { rows, pages } = await allPages(async (cursor) => {
			const page = await api.claims.list({ showId, cursor, limit: 5 });
			return { rows: page.claims, nextCursor: page.nextCursor };
		});
		expect(pages).toBe(3);
		expect(rows).toHaveLength(13);
		expect(rows.map((claim) => claim.createdSeq)).toEqual(
			rows.map((claim) => claim.createdSeq).toSorted((a, b) => b - a)
		);
		const { claims: winners } = await api.claims.list({ showId, state: 'winner' });
		expect(winners.map((claim) => [claim.item, claim.itemTitle, claim.buyer.key])).toEqual([
			['2', 'Cap', 'facebook:u2'],
			['1', 'Hat', 'facebook:u1']
		]);
		const ofBuyer = await api.claims.list({ showId, buyerKey: 'facebook:u2', item: '01' });
		expect(ofBuyer.claims).toMatchObject([{ item: '1', state: 'waitlist' }]);
	});

	test('comments are searched as they are written', async () => {
		const showId = await soldShow();
		const texts = async (input: Omit<Parameters<DevApi['comments']['list']>[0], 'showId'>) =>
			(await api.comments.list({ showId, ...input })).comments.map((comment) => comment.text);
		expect(await texts({ search: '50%' })).toEqual(['50% off? a_b c\\d']);
		expect(await texts({ search: 'A_B' })).toHaveLength(1);
		expect(await texts({ search: 'c\\d' })).toHaveLength(1);
		expect(await texts({ search: 'buyer_1' })).toHaveLength(4);
		expect(await texts({ search: '\u0000' })).toHaveLength(14);
		expect(await texts({ onlyIntents: true })).toHaveLength(13);
		expect(await texts({ platform: 'instagram' })).toEqual([]);
	});

	test('comments have the shape that consoles hold them in', async () => {
		const showId = await soldShow();
		const [newest] = (await api.comments.list({ showId, limit: 1 })).comments;
		const [live] = (await api.shows.snapshot({ showId })).comments.slice(-1);
		expect(newest).toEqual(live);
	});

	test('buyers are added up, most units first, then whoever claimed first', async () => {
		const showId = await soldShow();
		const { rows, pages } = await allPages(async (cursor) => {
			const page = await api.buyers.list({ showId, cursor, limit: 5 });
			return { rows: page.buyers, nextCursor: page.nextCursor };
		});
		expect(pages).toBe(3);
		expect(rows.map((buyer) => buyer.userId)).toEqual(
			Array.from({ length: 12 }, (_, n) => `u${n + 1}`)
		);
		expect(rows[1]).toMatchObject({
			buyerKey: 'facebook:u2',
			platform: 'facebook',
			handle: 'Renamed 100%',
			won: 1,
			waiting: 1,
			released: 0,
			units: [{ item: '2', title: 'Cap' }]
		});
		const found = async (search: string) =>
			(await api.buyers.list({ showId, search })).buyers.map((buyer) => buyer.userId);
		// A buyer is found by every handle that they had, and counted in full.
		expect(await found('buyer_2')).toEqual(['u2']);
		expect(await found('100%')).toEqual(['u2']);
	});

	test.each([
		['shows', () => api.shows.list({ cursor: 'x' })],
		['claims', () => api.claims.list({ showId: crypto.randomUUID(), cursor: '1e9' })]
	])('a cursor that is none is refused: %s', async (_, call) => {
		expect(['INVALID_INPUT', 'SHOW_NOT_FOUND']).toContain((await refusalOf(call()))?.code);
	});
});

describe('operating', () => {
	test('award, reassign, release and undo, each signed by its actor', async () => {
		const showId = await soldShow();
		await api.items.setQuantity({ showId, number: '2', quantity: 2 });
		await api.claims.award({ showId, item: '2', buyer: { handle: ' Walk In ' } });
		const manual = { item: '2', buyerKey: 'manual:walk in' };
		const to = { platform: 'instagram', userId: 'x1', handle: 'Xenia' };
		const moved = await api.claims.reassign({ showId, from: manual, to });
		await api.claims.undo({ showId, epoch: moved.epoch, seq: moved.seq });
		const { items } = await api.shows.snapshot({ showId });
		const cap = items.find((item) => item.number === '2');
		expect(cap?.winners.map((claim) => claim.buyer.key).sort()).toEqual([
			'facebook:u2',
			'manual:walk in'
		]);
		await api.claims.release({ showId, ...manual });
		await app.settle(showId);
		const actors = await app.db
			.selectFrom('audit_log')
			.select('actor')
			.distinct()
			.where('show_id', '=', showId)
			.execute();
		expect(actors.map((row) => row.actor)).toEqual([expect.stringMatching(/^user:[0-9a-f-]{36}$/)]);
	});

	test('what is no action can’t be undone', async () => {
		const showId = await soldShow();
		const { epoch } = await api.shows.snapshot({ showId });
		expect(await refusalOf(api.claims.undo({ showId, epoch, seq: 5 }))).toEqual({
			code: 'UNDO_NOT_POSSIBLE',
			details: { reason: 'no_action' }
		});
	});

	test('made-up comments are the same for the same seed, and count once', async () => {
		const { showId } = await api.shows.create({
			name: 'Debug',
			items: [{ number: '1', title: 'Hat', quantity: 3 }]
		});
		await api.shows.activate({ showId });
		const first = await api.debug.emitComments({ showId, count: 200, seed: 7 });
		expect(first).toMatchObject({ emitted: 200, replayed: 0, outcomes: { winner: 3 } });
		const again = await api.debug.emitComments({ showId, count: 200, seed: 7 });
		expect(again).toEqual({ emitted: 200, replayed: 200, outcomes: {} });
	});
});

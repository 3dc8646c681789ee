import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ShowEvent } from '../../src/lib/domain/events.ts';
import type { Member } from '../../src/lib/server/auth/member.ts';
import { createShow } from '../../src/lib/server/history/create-show.ts';
import { persistedEvents } from '../../src/lib/server/history/event-log.ts';
import { RehearsalPlayer } from '../../src/lib/server/rehearsal/player.ts';
import { loadRehearsal } from '../../src/lib/server/rehearsal/source.ts';
import type { RehearsalSource } from '../../src/lib/server/rehearsal/source.ts';
import { createDevCaller } from '../../src/lib/server/trpc/caller.ts';
import type { DevApi } from '../../src/lib/server/trpc/caller.ts';
import { findAppError } from '../../src/lib/server/trpc/errors.ts';
import { expectedBuyers } from './buyers-model.ts';
import type { ExpectedBuyer } from './buyers-model.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { expectAgreement } from './probes.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

let app: TestContext;
beforeAll(async () => {
	app = await createTestContext();
});
afterAll(() => app.close());

type Seller = { readonly member: Member; readonly api: DevApi };

/** Somebody with a workspace of their own. */
async function seller(name = randomUUID()): Promise<Seller> {
	const input = { email: `${name}@example.com`, password: 'correct horse', name: 'Sam' };
	const member = await app.auth.register(
		{ ...input, workspaceName: 'Shop' },
		{ address: `10.1.${Math.floor(Math.random() * 256)}.${Math.floor(Math.random() * 256)}` }
	);
	return { member, api: createDevCaller(app, member) };
}

async function showOf(
	{ member }: Seller,
	items: Record<string, number>,
	options: { isRehearsal?: boolean } = {}
): Promise<string> {
	const showId = await app.show(items, { activate: false });
	await app.db
		.updateTable('shows')
		.set({ workspace_id: member.workspace.id, is_rehearsal: options.isRehearsal ?? false })
		.where('id', '=', showId)
		.execute();
	await app.actions.changeStatus(showId, 'activated', 'user:test');
	return showId;
}

async function play({ member }: Seller, source: RehearsalSource): Promise<string> {
	const rehearsal = await loadRehearsal(source);
	const { name, claimWord, passWord } = rehearsal.header;
	const settings = { name, claimWord, passWord, isRehearsal: false };
	const showId = await createShow(app.db, { workspaceId: member.workspace.id, ...settings });
	const { comments, actions } = app;
	await new RehearsalPlayer(showId, { comments, actions, speed: 0 }).play(rehearsal);
	await app.settle(showId);
	return showId;
}

async function logOf(showId: string): Promise<ShowEvent[]> {
	const events: ShowEvent[] = [];
	for await (const event of persistedEvents(app.db, showId)) events.push(event);
	return events;
}

/** The next claim has a later time than the last one. */
async function nextMoment(): Promise<void> {
	await sleep(3);
}

async function refusalOf(call: Promise<unknown>): Promise<string | null> {
	return await call.then(
		() => null,
		(error: unknown) => findAppError(error)?.code ?? String(error)
	);
}

type Listed = Omit<ExpectedBuyer, 'shows' | 'items'> & { readonly [other: string]: unknown };

function facts(buyer: Listed): Omit<ExpectedBuyer, 'shows' | 'items'> {
	const { buyerKeys, handle, won, waiting, released, firstClaimAt, lastClaimAt } = buyer;
	return {
		buyerKeys: [...buyerKeys].toSorted(),
		handle,
		won,
		waiting,
		released,
		firstClaimAt,
		lastClaimAt
	};
}

async function buyersOfShow({ api }: Seller, showId: string, limit: number) {
	const buyers: (ExpectedBuyer & { readonly tags: readonly string[] })[] = [];
	for (let cursor: string | null = null; ;) {
		const page: Awaited<ReturnType<typeof api.buyers.list>> = await api.buyers.list({
			showId,
			cursor,
			limit
		});
		for (const buyer of page.buyers) {
			const items = buyer.units.map((unit) => unit.item);
			buyers.push({ ...facts(buyer), shows: 1, items, tags: buyer.tags });
		}
		if (page.nextCursor === null) return buyers;
		cursor = page.nextCursor;
	}
}

async function directory({ api }: Seller, order: 'units' | 'seen' | 'shows', limit: number) {
	const buyers = [];
	for (let cursor: string | null = null; ;) {
		const page: Awaited<ReturnType<typeof api.buyers.directory>> = await api.buyers.directory({
			order,
			cursor,
			limit
		});
		buyers.push(...page.buyers);
		if (page.nextCursor === null) return buyers;
		cursor = page.nextCursor;
	}
}

/** Without the order, which has tests of its own. */
const byKey = (a: Listed, b: Listed): number =>
	(a.buyerKeys[0] ?? '') < (b.buyerKeys[0] ?? '') ? -1 : 1;

describe(`figures are those of the log, by a simple model (seed ${SEED})`, () => {
	const sources: [string, RehearsalSource][] = [
		['the bundled rehearsal', { kind: 'bundled' }],
		[
			'a generated one',
			{ kind: 'generated', comments: 1_500, items: 12, minutes: 10, buyers: 120, seed: SEED }
		]
	];

	test.each(sources)(
		'%s: per show, across shows, per person and on the slips',
		async (_, source) => {
			const sam = await seller();
			const showId = await play(sam, source);
			const log = await logOf(showId);
			const expected = expectedBuyers([log]);
			expect(expected.length).toBeGreaterThan(20);

			const listed = (await buyersOfShow(sam, showId, 17)).map(({ tags: _tags, ...rest }) => rest);
			expect(listed).toEqual(expected);

			const across = await directory(sam, 'units', 23);
			expect(across.map(facts).toSorted(byKey)).toEqual(expected.map(facts).toSorted(byKey));

			for (const buyer of expected.slice(0, 15)) {
				const buyerKey = buyer.buyerKeys[0] ?? '';
				const { figures } = await sam.api.buyers.get({ buyerKey });
				const { won, waiting, released, shows, firstClaimAt, lastClaimAt } = buyer;
				expect(figures).toEqual({ won, waiting, released, shows, firstClaimAt, lastClaimAt });
			}

			const { slips } = await sam.api.buyers.slips({ showId });
			const packed = slips.map((slip) => ({
				buyerKey: slip.buyerKey,
				units: slip.lines.flatMap(({ item, quantity }) =>
					Array.from({ length: quantity }, () => item)
				)
			}));
			const toPack = expected
				.filter((buyer) => buyer.won > 0)
				.map((buyer) => ({
					buyerKey: buyer.buyerKeys[0] ?? '',
					units: buyer.items.toSorted((a, b) => Number(a) - Number(b))
				}));
			const order = (a: { buyerKey: string }, b: { buyerKey: string }) =>
				a.buyerKey < b.buyerKey ? -1 : 1;
			expect(packed.toSorted(order)).toEqual(toPack.toSorted(order));
		}
	);

	test('linked identities are one buyer everywhere; claims and digests stay as they are', async () => {
		const sam = await seller();
		const showId = await play(sam, { kind: 'bundled' });
		const log = await logOf(showId);
		const plain = expectedBuyers([log]);
		const [a, b, c] = plain.map((buyer) => buyer.buyerKeys[0] ?? '');
		if (!a || !b || !c) throw new Error('too few buyers');
		const before = await app.settle(showId);
		const claimsBefore = await sam.api.claims.list({ showId, limit: 100 });
		await sam.api.buyers.link({ buyerKey: a, otherKey: b });
		await sam.api.buyers.link({ buyerKey: c, otherKey: b });
		const linked = expectedBuyers([log], (key) => ([b, c].includes(key) ? a : key));
		const listed = (await buyersOfShow(sam, showId, 9)).map(({ tags: _tags, ...rest }) => rest);
		expect(listed).toEqual(linked);
		expect((await directory(sam, 'units', 50)).map(facts).toSorted(byKey)).toEqual(
			linked.map(facts).toSorted(byKey)
		);
		const [first] = linked;
		for (const buyerKey of [a, b, c]) {
			const person = await sam.api.buyers.get({ buyerKey });
			expect(person.identities.map((identity) => identity.buyerKey).toSorted()).toEqual(
				[a, b, c].toSorted()
			);
			expect(person.figures).toMatchObject({ won: first?.won, shows: 1 });
		}
		const { slips } = await sam.api.buyers.slips({ showId, buyerKey: b });
		expect(slips.map((slip) => slip.units)).toEqual([first?.won]);
		expect(await app.settle(showId)).toEqual(before);
		expect(await sam.api.claims.list({ showId, limit: 100 })).toEqual(claimsBefore);

		await sam.api.buyers.unlink({ buyerKey: b });
		await sam.api.buyers.unlink({ buyerKey: a });
		const apart = (await buyersOfShow(sam, showId, 30)).map(({ tags: _tags, ...rest }) => rest);
		expect(apart).toEqual(plain);
	});
});

describe('across shows', () => {
	test('rehearsals don’t count, shows are counted once, and every order is kept over pages', async () => {
		const sam = await seller();
		const one = await showOf(sam, { '1': 50, '2': 50 });
		const two = await showOf(sam, { '1': 50 });
		const rehearsal = await showOf(sam, { '1': 50 }, { isRehearsal: true });
		for (const user of ['ana', 'ben', 'cid', 'dan', 'eve']) await app.say(one, user, 'sold 1');
		for (const user of ['ben', 'cid']) await app.say(one, user, 'sold 2');
		await nextMoment();
		for (const user of ['cid', 'ana']) await app.say(two, user, 'sold 1');
		for (const user of ['fay', 'ana']) await app.say(rehearsal, user, 'sold 1');
		for (const showId of [one, two, rehearsal]) await app.settle(showId);

		const users = async (order: 'units' | 'seen' | 'shows') =>
			(await directory(sam, order, 2)).map((buyer) => buyer.userId);
		expect(await users('units')).toEqual(['cid', 'ben', 'ana', 'eve', 'dan']);
		expect(await users('shows')).toEqual(['cid', 'ana', 'eve', 'dan', 'ben']);
		expect((await users('seen')).toSorted()).toEqual(['ana', 'ben', 'cid', 'dan', 'eve']);
		const seen = (await directory(sam, 'seen', 2)).map((buyer) => buyer.lastClaimAt);
		expect(seen).toEqual(seen.toSorted((a, b) => b - a));
		expect((await users('seen')).slice(0, 2).toSorted()).toEqual(['ana', 'cid']);
		const logs = [await logOf(one), await logOf(two)];
		const expected = expectedBuyers(logs);
		const across = await directory(sam, 'seen', 3);
		expect(
			across.map((buyer) => ({ ...facts(buyer), shows: buyer.shows })).toSorted(byKey)
		).toEqual(expected.map((buyer) => ({ ...facts(buyer), shows: buyer.shows })).toSorted(byKey));

		const fay = await sam.api.buyers.get({ buyerKey: 'facebook:fay' });
		expect(fay.figures).toMatchObject({ won: 0, shows: 0, lastClaimAt: null });
		const { claims } = await sam.api.buyers.claims({ buyerKey: 'facebook:fay' });
		expect(claims).toMatchObject([{ show: { id: rehearsal, isRehearsal: true }, item: '1' }]);
		expect((await sam.api.buyers.list({ showId: rehearsal })).buyers).toHaveLength(2);
	});

	test('a person’s claims come newest first, page by page, those that can be released alone', async () => {
		const sam = await seller();
		const over = await showOf(sam, { '1': 5, '2': 5, '3': 5 });
		const on = await showOf(sam, { '1': 1, '2': 1 });
		for (const item of ['1', '2', '3']) await app.say(over, 'ana', `sold ${item}`);
		await app.actions.changeStatus(over, 'ended', 'user:test');
		await nextMoment();
		for (const item of ['1', '2']) await app.say(on, 'ana', `sold ${item}`);
		await app.say(on, 'ana', 'pass 2');
		for (const showId of [over, on]) await app.settle(showId);
		const seen: string[] = [];
		for (let cursor: string | null = null; ;) {
			const page: Awaited<ReturnType<typeof sam.api.buyers.claims>> = await sam.api.buyers.claims({
				buyerKey: 'facebook:ana',
				cursor,
				limit: 2
			});
			seen.push(...page.claims.map(({ show, item, state }) => `${show.id} ${item} ${state}`));
			if (page.nextCursor === null) break;
			cursor = page.nextCursor;
		}
		expect(seen).toEqual([
			`${on} 2 released`,
			`${on} 1 winner`,
			`${over} 3 winner`,
			`${over} 2 winner`,
			`${over} 1 winner`
		]);
		const releasable = await sam.api.buyers.claims({ buyerKey: 'facebook:ana', releasable: true });
		expect(releasable.claims.map(({ show, item }) => [show.id, item])).toEqual([[on, '1']]);
	});
});

describe('notes and tags', () => {
	async function noted(): Promise<Seller & { showId: string }> {
		const sam = await seller();
		const showId = await showOf(sam, { '1': 9 });
		for (const user of ['ana', 'ben', 'cid']) await app.say(showId, user, 'sold 1');
		await app.settle(showId);
		return { ...sam, showId };
	}
	const buyerKey = 'facebook:ana';

	test('a note is kept as written, and nobody overwrites what they have not seen', async () => {
		const { api } = await noted();
		const text = ' Größe M\r\n\u202e<script>\u0000 👩‍👧';
		const kept = ' Größe M\n\u202e<script>  👩‍👧';
		await api.buyers.setNote({ buyerKey, note: text, was: '' });
		expect((await api.buyers.get({ buyerKey })).note).toBe(kept);
		const late = api.buyers.setNote({ buyerKey, note: 'mine', was: '' });
		expect(await refusalOf(late)).toBe('NOTE_CHANGED');
		// The same text again is no conflict: a reply that was lost is sent again.
		await api.buyers.setNote({ buyerKey, note: text, was: '' });
		await api.buyers.setNote({ buyerKey, note: '', was: kept });
		const long = api.buyers.setNote({ buyerKey, note: 'x'.repeat(4_001), was: '' });
		expect(await refusalOf(long)).toBe('INVALID_INPUT');
	});

	test('tags are compared as people mean them, offered by use, and narrow the lists', async () => {
		const { api, showId } = await noted();
		for (const [user, tag] of [
			['ana', 'VIP'],
			['ana', 'slow, payer'],
			['ben', ' vip '],
			['ben', 'vip']
		] as const) {
			await api.buyers.setTag({ buyerKey: `facebook:${user}`, tag, present: true });
		}
		expect((await api.buyers.get({ buyerKey })).tags).toEqual(['slow payer', 'vip']);
		expect(await api.buyers.tags()).toEqual([
			{ tag: 'vip', people: 2 },
			{ tag: 'slow payer', people: 1 }
		]);
		const found = async (tag: string) => [
			(await api.buyers.list({ showId, tag })).buyers.map((buyer) => buyer.userId),
			(await api.buyers.directory({ tag })).buyers.map((buyer) => buyer.userId).toSorted()
		];
		expect(await found('Vip')).toEqual([
			['ana', 'ben'],
			['ana', 'ben']
		]);
		expect(await found('slow payer')).toEqual([['ana'], ['ana']]);
		expect(await found('slow')).toEqual([[], []]);
		await api.buyers.setTag({ buyerKey, tag: 'vip', present: false });
		expect(await found('vip')).toEqual([['ben'], ['ben']]);
		const many = Array.from({ length: 20 }, (_, n) => `t${n}`);
		for (const tag of many.slice(0, 19)) await api.buyers.setTag({ buyerKey, tag, present: true });
		const more = api.buyers.setTag({ buyerKey, tag: 'one more', present: true });
		expect(await refusalOf(more)).toBe('TOO_MANY_TAGS');
	});

	test('linking puts them together, taking apart leaves both with all of it', async () => {
		const { api } = await noted();
		const other = 'facebook:ben';
		await api.buyers.setNote({ buyerKey, note: 'Pays late', was: '' });
		await api.buyers.setNote({ buyerKey: other, note: 'Size L', was: '' });
		await api.buyers.setTag({ buyerKey, tag: 'vip', present: true });
		await api.buyers.setTag({ buyerKey: other, tag: 'local', present: true });
		const { person } = await api.buyers.link({ buyerKey, otherKey: other });
		const together = { note: 'Pays late\n\nSize L', tags: ['local', 'vip'] };
		expect(person).toMatchObject(together);
		// Linked already, with itself, and the other way round: nothing changes, and there are no circles.
		for (const [a, b] of [
			[buyerKey, other],
			[other, buyerKey],
			[buyerKey, buyerKey]
		] as const) {
			expect((await api.buyers.link({ buyerKey: a, otherKey: b })).person).toEqual(person);
		}
		await api.buyers.unlink({ buyerKey: other });
		await api.buyers.unlink({ buyerKey: other });
		for (const key of [buyerKey, other]) {
			const apart = await api.buyers.get({ buyerKey: key });
			expect(apart).toMatchObject(together);
			expect(apart.identities.map((identity) => identity.buyerKey)).toEqual([key]);
		}
	});

	test('at most twenty identities are one person', async () => {
		const sam = await seller();
		const showId = await showOf(sam, { '1': 99 });
		for (let n = 0; n <= 20; n++) await app.say(showId, `u${n}`, 'sold 1');
		await app.settle(showId);
		const link = (n: number) =>
			sam.api.buyers.link({ buyerKey: 'facebook:u0', otherKey: `facebook:u${n}` });
		for (let n = 1; n < 20; n++) await link(n);
		expect(await refusalOf(link(20))).toBe('TOO_MANY_IDENTITIES');
		const { identities } = await sam.api.buyers.get({ buyerKey: 'facebook:u19' });
		expect(identities).toHaveLength(20);
	});

	test('many at once: links of one workspace end as one person, each buyer in it once', async () => {
		const sam = await seller();
		const showId = await showOf(sam, { '1': 99 });
		const users = Array.from({ length: 8 }, (_, n) => `facebook:u${n}`);
		for (const key of users) await app.say(showId, key.slice('facebook:'.length), 'sold 1');
		await app.settle(showId);
		await Promise.all(
			users.map((key, n) =>
				sam.api.buyers.link({ buyerKey: key, otherKey: users[(n + 1) % users.length] ?? key })
			)
		);
		const { identities } = await sam.api.buyers.get({ buyerKey: 'facebook:u0' });
		expect(identities.map((identity) => identity.buyerKey).toSorted()).toEqual(users);
		expect((await sam.api.buyers.list({ showId })).buyers).toHaveLength(1);
	});

	test('everything is audited, with before and after, and without what a note says', async () => {
		const { api, member } = await noted();
		await api.buyers.setNote({ buyerKey, note: 'Secret address', was: '' });
		await api.buyers.setTag({ buyerKey, tag: 'vip', present: true });
		await api.buyers.setBlocked({ buyerKey, blocked: true });
		await api.buyers.setBlocked({ buyerKey, blocked: true });
		await api.buyers.link({ buyerKey, otherKey: 'facebook:ben' });
		await api.buyers.unlink({ buyerKey });
		await api.buyers.setTag({ buyerKey, tag: 'vip', present: false });
		await api.buyers.setBlocked({ buyerKey, blocked: false });
		const entries = await app.db
			.selectFrom('audit_log')
			.select(['actor', 'action', 'target', 'details'])
			.where('workspace_id', '=', member.workspace.id)
			.where('action', 'like', 'buyer.%')
			.orderBy('entry')
			.execute();
		expect(entries.map(({ action, details }) => [action, details])).toEqual([
			['buyer.noted', { before: { noteLength: 0 }, after: { noteLength: 14 } }],
			['buyer.tagged', { before: { tags: [] }, after: { tags: ['vip'] } }],
			['buyer.blocked', { before: { blocked: false }, after: { blocked: true } }],
			[
				'buyer.linked',
				{
					before: { linked: ['facebook:ana', 'facebook:ben'] },
					after: { linked: ['facebook:ana + facebook:ben'] }
				}
			],
			[
				'buyer.unlinked',
				{
					before: { linked: ['facebook:ana + facebook:ben'] },
					after: { linked: ['facebook:ben', 'facebook:ana'] }
				}
			],
			['buyer.untagged', { before: { tags: ['vip'] }, after: { tags: [] } }],
			['buyer.unblocked', { before: { blocked: true }, after: { blocked: false } }]
		]);
		expect(new Set(entries.map((entry) => entry.target))).toEqual(new Set(['buyer facebook:ana']));
		expect(new Set(entries.map((entry) => entry.actor))).toEqual(
			new Set([`user:${member.userId}`])
		);
		expect(JSON.stringify(entries)).not.toContain('Secret');
	});
});

describe('another workspace', () => {
	test('has notes, tags, links and blocks of its own for the same people', async () => {
		const [mine, theirs] = [await seller(), await seller()];
		const shows = [await showOf(mine, { '1': 9 }), await showOf(theirs, { '1': 9 })];
		for (const showId of shows) {
			for (const user of ['ana', 'ben']) await app.say(showId, user, 'sold 1');
			await app.settle(showId);
		}
		const buyerKey = 'facebook:ana';
		await mine.api.buyers.setNote({ buyerKey, note: 'Pays late', was: '' });
		await mine.api.buyers.setTag({ buyerKey, tag: 'vip', present: true });
		await mine.api.buyers.link({ buyerKey, otherKey: 'facebook:ben' });
		await mine.api.buyers.setBlocked({ buyerKey, blocked: true });
		const untouched = { note: '', tags: [], blocked: false };
		expect(await theirs.api.buyers.get({ buyerKey })).toMatchObject({
			...untouched,
			identities: [{ buyerKey, claims: 1 }],
			figures: { won: 1, shows: 1 }
		});
		expect(await theirs.api.buyers.tags()).toEqual([]);
		const [, theirShow = ''] = shows;
		const { buyers } = await theirs.api.buyers.list({ showId: theirShow });
		expect(buyers).toMatchObject([untouched, untouched]);
		expect((await theirs.api.buyers.directory({})).buyers).toMatchObject([untouched, untouched]);
		expect((await theirs.api.buyers.claims({ buyerKey })).claims).toHaveLength(1);
		expect((await app.say(theirShow, 'ana', 'pass 1')).outcome).toBe('pass');
		expect((await app.say(theirShow, 'ana', 'sold 1')).outcome).toBe('winner');
	});

	test('knows nothing of buyers that it never met, and can note nothing about them', async () => {
		const [mine, theirs] = [await seller(), await seller()];
		const showId = await showOf(mine, { '1': 9 });
		await app.say(showId, 'ana', 'sold 1');
		await app.settle(showId);
		const buyerKey = 'facebook:ana';
		await mine.api.buyers.setTag({ buyerKey, tag: 'vip', present: true });
		const { buyers } = theirs.api;
		for (const call of [
			() => buyers.get({ buyerKey }),
			() => buyers.setNote({ buyerKey, note: 'x', was: '' }),
			() => buyers.setTag({ buyerKey, tag: 'vip', present: false }),
			() => buyers.setBlocked({ buyerKey, blocked: true }),
			() => buyers.link({ buyerKey, otherKey: buyerKey }),
			() => buyers.unlink({ buyerKey })
		]) {
			expect(await refusalOf(call())).toBe('BUYER_NOT_FOUND');
		}
		expect((await buyers.claims({ buyerKey })).claims).toEqual([]);
		expect((await buyers.directory({})).buyers).toEqual([]);
		expect(await mine.api.buyers.get({ buyerKey })).toMatchObject({
			tags: ['vip'],
			blocked: false
		});
		const claim = (await mine.api.buyers.claims({ buyerKey })).claims[0];
		const foreign = await buyers.claims({ buyerKey, cursor: claim?.claimId ?? null });
		expect(foreign.claims).toEqual([]);
	});

	test('goes with everything noted in it', async () => {
		const mine = await seller();
		const showId = await showOf(mine, { '1': 9 });
		await app.say(showId, 'ana', 'sold 1');
		await app.settle(showId);
		await mine.api.buyers.setBlocked({ buyerKey: 'facebook:ana', blocked: true });
		const workspaceId = mine.member.workspace.id;
		for (const table of ['buyer_profiles', 'buyer_identities', 'block_lists'] as const) {
			const constraints = await app.db
				.selectFrom(table)
				.select('workspace_id')
				.where('workspace_id', '=', workspaceId)
				.execute();
			expect(constraints, table).toHaveLength(1);
		}
		await app.db.deleteFrom('buyer_profiles').where('workspace_id', '=', workspaceId).execute();
		const left = await app.db
			.selectFrom('buyer_identities')
			.select('buyer_key')
			.where('workspace_id', '=', workspaceId)
			.execute();
		expect(left).toEqual([]);
	});
});

test('strangers’ names are only text: found as written, and harmless in keys and cursors', async () => {
	const sam = await seller();
	const showId = await showOf(sam, { '1': 99 });
	const names = [
		'\u202eevil',
		"Robert'); drop table claims;--",
		'<b>bold</b>',
		'100%_a\\b',
		'🎀 مريم'
	];
	for (const [n, userHandle] of names.entries()) {
		const userId = `${n}/../é:🎀'"`;
		await app.say(showId, userId, 'sold 1', { userHandle });
	}
	await app.settle(showId);
	for (const name of names) {
		const { buyers } = await sam.api.buyers.directory({ search: name });
		expect(buyers.map((buyer) => buyer.handle)).toEqual([name]);
		const buyerKey = buyers[0]?.buyerKey ?? '';
		await sam.api.buyers.setTag({ buyerKey, tag: name, present: true });
		const person = await sam.api.buyers.get({ buyerKey });
		expect(person.identities).toMatchObject([{ handle: name }]);
		expect(person.tags).toHaveLength(1);
		expect((await sam.api.buyers.list({ showId, tag: name })).buyers).toHaveLength(1);
	}
	expect(await directory(sam, 'seen', 2)).toHaveLength(names.length);
	for (const cursor of [
		'x',
		'1',
		'1.',
		'1.%00',
		`1.${'A'.repeat(2_000)}`,
		'99999999999999999999.YQ'
	]) {
		expect(await refusalOf(sam.api.buyers.directory({ cursor }))).toBe('INVALID_INPUT');
	}
	expectAgreement(await app.settle(showId));
});

test('a show that runs says how much of it is still being written down', async () => {
	const sam = await seller();
	const showId = await showOf(sam, { '1': 9 });
	await app.settle(showId);
	expect((await sam.api.buyers.show({ showId })).missingEvents).toBe(0);
	await app.db.updateTable('shows').set({ last_seq: 0 }).where('id', '=', showId).execute();
	expect((await sam.api.buyers.show({ showId })).missingEvents).toBeGreaterThan(0);
});

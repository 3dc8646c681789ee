import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ShowEvent } from '../../src/lib/domain/events.ts';
import { planUndo } from '../../src/lib/domain/undo.ts';
import { AppError } from '../../src/lib/server/errors.ts';
import type { Undoable } from '../../src/lib/server/allocator/operator-actions.ts';
import { readActionEvents } from '../../src/lib/server/history/action-events.ts';
import { createShow } from '../../src/lib/server/history/create-show.ts';
import { persistedEvents } from '../../src/lib/server/history/event-log.ts';
import { BuyerProfiles } from '../../src/lib/server/history/queries/buyer-profiles.ts';
import { listBuyers } from '../../src/lib/server/history/queries/buyers.ts';
import { WorkspaceScope } from '../../src/lib/server/history/queries/scope.ts';
import type { ScopedShow } from '../../src/lib/server/history/queries/scope.ts';
import { readSummary } from '../../src/lib/server/history/queries/summary.ts';
import type { Summary } from '../../src/lib/server/history/queries/summary.ts';
import { MAX_BUCKETS } from '../../src/lib/server/history/queries/summary-buckets.ts';
import { listHolders } from '../../src/lib/server/history/queries/summary-holders.ts';
import { Random } from '../../src/lib/server/rehearsal/generator/random.ts';
import { RehearsalPlayer } from '../../src/lib/server/rehearsal/player.ts';
import { loadRehearsal } from '../../src/lib/server/rehearsal/source.ts';
import type { RehearsalSource } from '../../src/lib/server/rehearsal/source.ts';
import { ACTOR, createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { expectedSummary } from './summary-model.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

let app: TestContext;
beforeAll(async () => {
	app = await createTestContext();
});
afterAll(() => app.close());

const scoped = (showId: string): Promise<ScopedShow> =>
	new WorkspaceScope(app.db, app.workspaceId).show(showId);

const summaryOf = async (showId: string): Promise<Summary> =>
	await readSummary(app.db, await scoped(showId));

async function logOf(showId: string): Promise<ShowEvent[]> {
	const events: ShowEvent[] = [];
	for await (const event of persistedEvents(app.db, showId)) events.push(event);
	return events;
}

/** People whom the tests have linked: the name of the person behind an account. */
const people = new Map<string, string>();
const nameOf = (buyerKey: string): string => people.get(buyerKey) ?? buyerKey;

/** Links accounts that the workspace has met, for all of its shows. */
async function link(...buyerKeys: readonly string[]): Promise<void> {
	const [first = '', ...others] = buyerKeys;
	const profiles = new BuyerProfiles(app.db, new WorkspaceScope(app.db, app.workspaceId), ACTOR);
	for (const other of others) {
		await profiles.link(first, other);
		for (const key of [first, other]) people.set(key, first);
	}
}

/** The summary of a show at rest, after it was found to be what the model makes of the log. */
async function checkedSummary(showId: string): Promise<Summary> {
	await app.settle(showId);
	const summary = await summaryOf(showId);
	const stepMs = summary.timeline?.stepMs ?? 1;
	expect(summary).toEqual(expectedSummary(summary.show, await logOf(showId), stepMs, nameOf));
	expect(summary.timeline?.buckets.length ?? 0).toBeLessThanOrEqual(MAX_BUCKETS);
	return summary;
}

async function rehearsed(source: RehearsalSource): Promise<string> {
	const rehearsal = await loadRehearsal(source);
	const { name, claimWord, passWord } = rehearsal.header;
	const showId = await createShow(app.db, {
		workspaceId: app.workspaceId,
		name,
		claimWord,
		passWord,
		isRehearsal: true
	});
	const { comments, actions } = app;
	await new RehearsalPlayer(showId, { comments, actions, speed: 0 }).play(rehearsal);
	return showId;
}

describe('figures equal the log', () => {
	test('of the bundled rehearsal', async () => {
		const { totals, timeline, show } = await checkedSummary(await rehearsed({ kind: 'bundled' }));
		expect(show.status).toBe('ended');
		expect(totals.comments).toBeGreaterThan(1_000);
		expect(totals.passes).toBeGreaterThan(0);
		expect(timeline?.soldOut.length).toBeGreaterThan(10);
		expect(timeline?.pauses.length).toBeGreaterThan(0);
	});

	test.each([0, 1, 2])(`of a generated rehearsal (seed ${SEED} + %i)`, async (n) => {
		await checkedSummary(
			await rehearsed({
				kind: 'generated',
				comments: 1_500,
				items: 12 + 20 * n,
				minutes: 20,
				buyers: 150,
				seed: (SEED + n) % 2 ** 31
			})
		);
	});

	test('of a show in which anything happens', async () => {
		const { timeline } = await muddledShow(7);
		expect(timeline?.shown.length).toBeGreaterThan(5);
		expect(timeline?.soldOut.length).toBeGreaterThan(5);
		expect(timeline?.pauses.length).toBeGreaterThan(2);
	});

	test(`of another one (seed ${SEED})`, async () => {
		await muddledShow(SEED);
	});

	test('of a draft, and of one that somebody was awarded a unit in', async () => {
		const showId = await app.show({ '1': 1, '2': 2 }, { activate: false });
		expect(await checkedSummary(showId)).toMatchObject({ timeline: null, totals: { units: 3 } });
		const walkIn = { key: 'manual:jo', platform: 'manual', userId: 'jo', handle: 'Jo' };
		await app.actions.award(showId, '1', { ...walkIn, displayName: null }, ACTOR);
		const draft = await checkedSummary(showId);
		expect(draft.items[0]?.soldOut).toMatchObject({ after: null });
		await app.actions.changeStatus(showId, 'activated', ACTOR);
		await app.say(showId, 'ana', 'sold 2');
		const { timeline } = await checkedSummary(showId);
		expect(timeline?.buckets.reduce((sum, { claims }) => sum + claims, 0)).toBe(2);
	});
});

/** The summary of a show that some hundred actions of every kind were played into. */
async function muddledShow(seed: number): Promise<Summary> {
	const showId = await app.show({ '1': 1, '2': 2, '3': 3, '4': 1 }, { activate: false });
	await muddle(showId, new Random(seed));
	return await checkedSummary(showId);
}

let crowds = 0;

/** Plays some hundred actions of every kind; refused ones are part of it. */
async function muddle(showId: string, random: Random): Promise<void> {
	const items = ['1', '2', '3', '4', '5', '6'];
	// Others than in other shows: whom a test has linked stays linked.
	const crowd = ++crowds;
	const person = () => `u${crowd}-${random.int(1, 25)}`;
	const item = () => random.pick(items);
	const done: Undoable[] = [];
	const buyer = (user: string) => ({
		key: `facebook:${user}`,
		platform: 'facebook',
		userId: user,
		handle: `@${user}`,
		displayName: null
	});
	const undo = async () => {
		const events = await readActionEvents(app.redis, app.db, showId, random.pick(done));
		const plan = planUndo(events);
		if (plan) return await app.actions.undo(showId, plan, ACTOR);
		return null;
	};
	const { actions } = app;
	const key = () => `facebook:${person()}`;
	const deeds: readonly (readonly [number, () => Promise<Undoable | null | void>])[] = [
		[60, async () => void (await app.say(showId, person(), `sold ${item()}`))],
		[12, async () => void (await app.say(showId, person(), `pass ${item()}`))],
		[8, async () => void (await app.say(showId, person(), 'hello'))],
		[6, () => actions.release(showId, { item: item(), buyerKey: key() }, ACTOR)],
		[4, () => actions.award(showId, item(), buyer(person()), ACTOR)],
		[4, () => actions.reassign(showId, { item: item(), buyerKey: key() }, buyer(person()), ACTOR)],
		[6, () => actions.setQuantity(showId, item(), random.int(0, 5), ACTOR)],
		[3, () => actions.closeItem(showId, item(), ACTOR)],
		[4, () => actions.openItem(showId, item(), ACTOR)],
		[5, () => actions.showItem(showId, random.chance(0.2) ? null : item(), ACTOR)],
		[2, () => actions.removeItem(showId, item(), ACTOR)],
		[
			3,
			async () =>
				void (await actions.addItem(
					showId,
					{ number: item(), title: `New ${random.int(1, 9)}`, quantity: random.int(0, 3) },
					ACTOR
				))
		],
		[4, async () => (done.length > 0 ? await undo() : null)],
		[1, () => actions.changeStatus(showId, 'paused', ACTOR)],
		[3, () => actions.changeStatus(showId, 'resumed', ACTOR)],
		[2, () => actions.changeStatus(showId, 'activated', ACTOR)],
		[1, () => actions.changeStatus(showId, 'ended', ACTOR)],
		[4, () => actions.reopen(showId, ACTOR)]
	];
	for (let turn = 0; turn < 900; turn++) {
		try {
			const result = await random.weighted(deeds)();
			if (result) done.push(result);
		} catch (error) {
			if (!(error instanceof AppError)) throw error;
		}
	}
}

describe('what counts as sold out', () => {
	const at = async (showId: string) =>
		(await checkedSummary(showId)).items.map((item) => item.soldOut?.after?.from ?? null);

	test('an item that was held up counts from then, another from when it could be claimed', async () => {
		const showId = await app.show({ '1': 1, '2': 1, '3': 1, '4': 1 }, { activate: false });
		await app.actions.closeItem(showId, '3', ACTOR);
		await app.actions.changeStatus(showId, 'activated', ACTOR);
		await app.actions.showItem(showId, '1', ACTOR);
		await app.actions.openItem(showId, '3', ACTOR);
		await app.actions.addItem(showId, { number: '5', title: 'Late', quantity: 1 }, ACTOR);
		for (const number of ['1', '2', '3', '5']) await app.say(showId, 'ana', `sold ${number}`);
		// In a later millisecond: what is told of a show is told in those.
		await sleep(5);
		await app.actions.showItem(showId, '2', ACTOR);
		expect(await at(showId)).toEqual(['shown', 'started', 'opened', null, 'added']);
	});

	test('a unit that goes on to the queue was never free; one that nobody waits for is', async () => {
		const showId = await app.show({ '1': 1 });
		await app.say(showId, 'ana', 'sold 1');
		await app.say(showId, 'ben', 'sold 1');
		const first = await checkedSummary(showId);
		await app.say(showId, 'ana', 'pass 1');
		const after = await checkedSummary(showId);
		expect(after.items[0]?.soldOut).toEqual(first.items[0]?.soldOut);
		expect(after.items[0]).toMatchObject({ peakWaiting: 1, waiting: 0, sold: 1 });
		await app.say(showId, 'ben', 'pass 1');
		expect((await checkedSummary(showId)).items[0]?.soldOut).toBeNull();
	});

	test('a number that was given to another item starts anew', async () => {
		const showId = await app.show({ '1': 1 });
		await app.say(showId, 'ana', 'sold 1');
		await app.say(showId, 'ben', 'sold 1');
		await app.say(showId, 'ben', 'pass 1');
		await app.say(showId, 'ana', 'pass 1');
		await app.actions.removeItem(showId, '1', ACTOR);
		await app.actions.addItem(showId, { number: '1', title: 'Other', quantity: 2 }, ACTOR);
		await app.say(showId, 'ana', 'sold 1');
		const { items, totals } = await checkedSummary(showId);
		expect(items).toMatchObject([{ title: 'Other', claims: 1, peakWaiting: 0, soldOut: null }]);
		expect(totals).toMatchObject({ claims: 3, passes: 2, sold: 1 });
	});
});

test('who holds and who waits is listed in full, page by page, in order', async () => {
	const showId = await app.show({ '1': 25 });
	for (let n = 1; n <= 40; n++) await app.say(showId, `u${n}`, 'sold 1');
	const { items } = await checkedSummary(showId);
	expect(items[0]?.winners).toHaveLength(20);
	expect(items[0]?.queue).toHaveLength(10);
	const names = async (state: 'winner' | 'waitlist') => {
		const found: string[] = [];
		let cursor: number | null = null;
		do {
			const filter = { item: '1', state, cursor, limit: 6 };
			const page = await listHolders(app.db, await scoped(showId), filter);
			found.push(...page.rows.map(({ buyerKey }) => buyerKey));
			cursor = page.nextCursor === null ? null : Number(page.nextCursor);
		} while (cursor !== null);
		return found;
	};
	const users = (from: number, to: number) =>
		Array.from({ length: to - from + 1 }, (_, n) => `facebook:u${from + n}`);
	expect(await names('winner')).toEqual(users(1, 25));
	expect(await names('waitlist')).toEqual(users(26, 40));
});

describe('people who were linked', () => {
	async function buyersPage(showId: string) {
		const filter = { search: null, tag: null, blocked: false, cursor: null, limit: 1_000 };
		return (await listBuyers(app.db, await scoped(showId), filter)).rows;
	}

	/** How many people the buyers page of the show lists, and how many of them hold something. */
	async function listed(showId: string) {
		const rows = await buyersPage(showId);
		return { claimants: rows.length, buyers: rows.filter(({ won }) => won > 0).length };
	}

	test('are one buyer in the summary as on the buyers page; their accounts are told beside', async () => {
		const showId = await app.show({ '1': 9, '2': 1 });
		const named = (n: number): string => `p${n}-${showId}`;
		const [p1, p2, p5] = [named(1), named(2), named(5)];
		for (const user of [p1, p2, named(3), named(4)]) await app.say(showId, user, 'sold 1');
		await app.say(showId, p1, 'sold 2');
		await app.say(showId, p1, 'sold 1', { platform: 'instagram' });
		// Claims, and holds nothing.
		await app.say(showId, p5, 'sold 2');
		const apart = await checkedSummary(showId);
		expect(apart.totals).toMatchObject({ buyers: 5, buyerAccounts: 5, claimants: 6 });
		await link(`facebook:${p1}`, `instagram:${p1}`);
		// Of these one holds a unit.
		await link(`facebook:${p2}`, `facebook:${p5}`);
		const { totals } = await checkedSummary(showId);
		expect(totals).toMatchObject({ buyers: 4, buyerAccounts: 5, claimants: 4, claims: 7, sold: 6 });
		expect(await listed(showId)).toEqual({ buyers: 4, claimants: 4 });
	});

	test(`of a show in which anything happens (seed ${SEED})`, async () => {
		const { show, totals: apart } = await muddledShow(SEED);
		const keys = (await buyersPage(show.id)).map(({ buyerKey }) => buyerKey);
		await link(...keys.slice(0, 4));
		await link(...keys.slice(-2));
		const { totals } = await checkedSummary(show.id);
		expect(totals.claimants).toBe(apart.claimants - 4);
		expect(await listed(show.id)).toEqual({ buyers: totals.buyers, claimants: totals.claimants });
	});

	test('are people of their own workspace alone', async () => {
		const showId = await app.show({ '1': 3 });
		await app.say(showId, 'p1', 'sold 1');
		await app.say(showId, 'p1', 'sold 1', { platform: 'instagram' });
		await app.settle(showId);
		const other = crypto.randomUUID();
		await app.db.insertInto('workspaces').values({ id: other, name: 'Other' }).execute();
		await app.db
			.updateTable('shows')
			.set({ workspace_id: other })
			.where('id', '=', showId)
			.execute();
		const { totals } = await readSummary(
			app.db,
			await new WorkspaceScope(app.db, other).show(showId)
		);
		expect(totals).toMatchObject({ buyers: 2, buyerAccounts: 2, claimants: 2 });
	});
});

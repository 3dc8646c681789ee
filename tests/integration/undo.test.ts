import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manualBuyer } from '../../src/lib/domain/buyer.ts';
import { planUndo } from '../../src/lib/domain/undo.ts';
import { readLiveState } from '../../src/lib/server/allocator/live-state.ts';
import type { Undoable } from '../../src/lib/server/allocator/operator-actions.ts';
import { readActionEvents } from '../../src/lib/server/history/action-events.ts';
import { eraseShow } from '../../src/lib/server/redis/erase-show.ts';
import { ACTOR, createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { emptyRedis, keysLike } from './redis-nodes.ts';

let app: TestContext;
beforeAll(async () => {
	app = await createTestContext();
});
afterAll(() => app.close());

/** Who holds and who waits, in order, and how many units there are. */
async function allocation(showId: string): Promise<unknown> {
	const live = await readLiveState(app.redis, app.scripts, showId);
	return [...(live?.state.items.values() ?? [])].map((item) => ({
		number: item.number,
		quantity: item.quantity,
		winners: item.winners.map((claim) => claim.buyer.key).sort(),
		waitlist: item.waitlist.map((claim) => claim.buyer.key)
	}));
}

async function undo(showId: string, action: Undoable): Promise<Undoable> {
	const plan = planUndo(await readActionEvents(app.redis, app.db, showId, action));
	if (!plan) throw new Error(`there is no action ${action.seq}`);
	return await app.actions.undo(showId, plan, ACTOR);
}

/** An item with two units, won by a and b; c, d and e wait. */
async function busyShow(): Promise<string> {
	const showId = await app.show({ '12': 2 });
	for (const user of ['a', 'b', 'c', 'd', 'e']) await app.say(showId, user, 'sold 12');
	return showId;
}

const actions: Record<string, (showId: string) => Promise<Undoable | null>> = {
	'release of a winner': (showId) =>
		app.actions.release(showId, { item: '12', buyerKey: 'facebook:a' }, ACTOR),
	'release of somebody who waits': (showId) =>
		app.actions.release(showId, { item: '12', buyerKey: 'facebook:d' }, ACTOR),
	'reassign to somebody who waits': (showId) =>
		app.actions.reassign(
			showId,
			{ item: '12', buyerKey: 'facebook:b' },
			{ key: 'facebook:d', platform: 'facebook', userId: 'd', handle: 'd', displayName: null },
			ACTOR
		),
	'reassign to a walk-in': (showId) =>
		app.actions.reassign(
			showId,
			{ item: '12', buyerKey: 'facebook:b' },
			manualBuyer('Walk In'),
			ACTOR
		),
	'more units': (showId) => app.actions.setQuantity(showId, '12', 4, ACTOR),
	'more units than anybody wants': (showId) => app.actions.setQuantity(showId, '12', 9, ACTOR)
};

describe('undo', () => {
	test.each(Object.entries(actions))('%s: everybody is back in their place', async (_name, act) => {
		const showId = await busyShow();
		const before = await allocation(showId);
		const action = await act(showId);
		expect(await allocation(showId)).not.toEqual(before);
		if (!action) throw new Error('nothing was done');
		const undone = await undo(showId, action);
		expect(await allocation(showId)).toEqual(before);

		// An undo is an action like any other: undoing it does the action again.
		await undo(showId, undone);
		expect(await allocation(showId)).not.toEqual(before);
		expect(new Set(Object.values(await app.settle(showId))).size).toBe(1);
	});

	test('award of a free unit: the unit is free again', async () => {
		const showId = await app.show({ '7': 1 });
		const before = await allocation(showId);
		const action = await app.actions.award(showId, '7', manualBuyer('Walk In'), ACTOR);
		await undo(showId, action);
		expect(await allocation(showId)).toEqual(before);
	});

	test('somebody joined the end of the queue meanwhile: still exact', async () => {
		const showId = await busyShow();
		const action = await app.actions.release(showId, { item: '12', buyerKey: 'facebook:a' }, ACTOR);
		await app.say(showId, 'f', 'sold 12');
		await undo(showId, action);
		expect(await allocation(showId)).toMatchObject([
			{
				winners: ['facebook:a', 'facebook:b'],
				waitlist: ['facebook:c', 'facebook:d', 'facebook:e', 'facebook:f']
			}
		]);
	});

	const refusals: Record<
		string,
		{ reason: string; meanwhile: (showId: string) => Promise<unknown> }
	> = {
		'a winner passed meanwhile': {
			reason: 'changed',
			meanwhile: (showId) => app.say(showId, 'b', 'pass 12')
		},
		'the promoted buyer passed meanwhile': {
			reason: 'changed',
			meanwhile: (showId) => app.say(showId, 'c', 'pass 12')
		},
		'the quantity changed meanwhile': {
			reason: 'changed',
			meanwhile: (showId) => app.actions.setQuantity(showId, '12', 3, ACTOR)
		},
		'the released buyer queues again': {
			reason: 'claimed_again',
			meanwhile: (showId) => app.say(showId, 'a', 'sold 12')
		}
	};
	test.each(Object.entries(refusals))('%s: refused, nothing changes', async (_name, refusal) => {
		const showId = await busyShow();
		const action = await app.actions.release(showId, { item: '12', buyerKey: 'facebook:a' }, ACTOR);
		await refusal.meanwhile(showId);
		const before = await allocation(showId);
		await expect(undo(showId, action)).rejects.toMatchObject({
			code: 'UNDO_NOT_POSSIBLE',
			details: { reason: refusal.reason }
		});
		expect(await allocation(showId)).toEqual(before);
	});

	test('an award whose absence would have served somebody who queued later: refused', async () => {
		const showId = await app.show({ '7': 1 });
		const action = await app.actions.award(showId, '7', manualBuyer('Walk In'), ACTOR);
		await app.say(showId, 'late', 'sold 7');
		await expect(undo(showId, action)).rejects.toMatchObject({ details: { reason: 'waiting' } });
	});

	test('twice: the second is refused', async () => {
		const showId = await busyShow();
		const action = await app.actions.release(showId, { item: '12', buyerKey: 'facebook:a' }, ACTOR);
		await undo(showId, action);
		await expect(undo(showId, action)).rejects.toMatchObject({ code: 'UNDO_NOT_POSSIBLE' });
	});

	test('after Redis was lost: the action can still be undone', async () => {
		const showId = await busyShow();
		const before = await allocation(showId);
		const action = await app.actions.release(showId, { item: '12', buyerKey: 'facebook:a' }, ACTOR);
		await app.settle(showId);
		await emptyRedis(app.redis);
		await undo(showId, action);
		expect(await allocation(showId)).toEqual(before);
		expect(new Set(Object.values(await app.settle(showId))).size).toBe(1);
	});
});

describe('reopen', () => {
	test('takes the end back: the show is as it was, and keeps its keys', async () => {
		const showId = await busyShow();
		await app.actions.changeStatus(showId, 'paused', ACTOR);
		await app.actions.changeStatus(showId, 'ended', ACTOR);
		await app.settle(showId);
		await app.actions.reopen(showId, ACTOR);
		const live = await readLiveState(app.redis, app.scripts, showId);
		expect(live?.state.status).toBe('paused');
		expect(new Set(Object.values(await app.settle(showId))).size).toBe(1);
		// What an action was answered goes by itself.
		const keys = await keysLike(app.redis, `*${showId}*`);
		for (const key of keys.filter((name) => !name.includes(':action:'))) {
			expect(await app.redis.ttl(key)).toBe(-1);
		}
	});

	test('is refused when the show had to be rebuilt without its comments’ identities', async () => {
		const showId = await busyShow();
		await app.actions.changeStatus(showId, 'ended', ACTOR);
		await app.settle(showId);
		await emptyRedis(app.redis);
		await expect(app.actions.reopen(showId, ACTOR)).rejects.toMatchObject({
			code: 'UNDO_NOT_POSSIBLE'
		});
	});

	test('is refused for a show that runs', async () => {
		const showId = await app.show();
		await expect(app.actions.reopen(showId, ACTOR)).rejects.toMatchObject({
			code: 'INVALID_TRANSITION'
		});
	});
});

describe('an action that Redis forgot', () => {
	test('is not taken for the one that has its seq now', async () => {
		// It writes no history, so all of the show is lost.
		const lonely = await createTestContext({ env: { ROLE: 'web' } });
		try {
			const showId = await lonely.show({ '12': 2 });
			const forgotten = await lonely.actions.setQuantity(showId, '12', 5, ACTOR);
			await eraseShow(lonely.redis, showId);
			await lonely.actions.addItem(showId, { number: '12', title: '', quantity: 2 }, ACTOR);
			await lonely.actions.changeStatus(showId, 'activated', ACTOR);
			const done = await lonely.actions.setQuantity(showId, '12', 7, ACTOR);
			if (!forgotten || !done) throw new Error('the quantity did not change');
			expect(done.seq).toBe(forgotten.seq);
			const eventsOf = (action: Undoable) =>
				readActionEvents(lonely.redis, lonely.db, showId, action);
			expect(await eventsOf(forgotten)).toEqual([]);
			expect(await eventsOf(done)).toHaveLength(1);
		} finally {
			await lonely.close();
		}
	});
});

describe('now showing', () => {
	test('is part of the state, survives a rebuild, and goes with its item', async () => {
		const showId = await app.show({ '7': 1, '8': 1 });
		await app.actions.showItem(showId, '7', ACTOR);
		await app.actions.showItem(showId, '8', ACTOR);
		await app.settle(showId);
		await emptyRedis(app.redis);
		expect((await app.live.snapshot(showId)).showing).toBe('8');
		await app.actions.removeItem(showId, '8', ACTOR);
		expect((await readLiveState(app.redis, app.scripts, showId))?.state.showing).toBeNull();
		await app.actions.showItem(showId, '7', ACTOR);
		await app.actions.showItem(showId, null, ACTOR);
		expect(new Set(Object.values(await app.settle(showId))).size).toBe(1);
		await expect(app.actions.showItem(showId, '99', ACTOR)).rejects.toMatchObject({
			code: 'ITEM_NOT_FOUND'
		});
	});
});

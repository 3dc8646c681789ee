import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manualBuyer } from '../../src/lib/domain/buyer.ts';
import type { Buyer } from '../../src/lib/domain/buyer.ts';
import type { ShowEvent, ShowStatus } from '../../src/lib/domain/events.ts';
import { MAX_QUANTITY } from '../../src/lib/server/allocator/operator-actions.ts';
import type { StatusAction } from '../../src/lib/server/allocator/operator-actions.ts';
import { AppError } from '../../src/lib/server/errors.ts';
import { ACTOR, createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import {
	eventsOf,
	expectAgreement,
	expectRefusal,
	holders,
	liveState,
	randomShowId
} from './probes.ts';

let app: TestContext;
beforeAll(async () => {
	app = await createTestContext();
});
afterAll(() => app.close());

const types = (events: readonly ShowEvent[]): string[] => events.map(({ type }) => type);

function viewer(userId: string): Buyer {
	return {
		key: `facebook:${userId}`,
		platform: 'facebook',
		userId,
		handle: `@${userId}`,
		displayName: null
	};
}

const of = (user: string, item = '12') => ({ item, buyerKey: `facebook:${user}` });

/** Item 12 has two units, won by a and b; c, d and e wait. Item 7 has two units and nobody. */
async function busyShow(): Promise<string> {
	const showId = await app.show({ '12': 2, '7': 2 });
	for (const user of ['a', 'b', 'c', 'd', 'e']) await app.say(showId, user, 'sold 12');
	return showId;
}

async function claimIdOf(showId: string, user: string): Promise<string> {
	const item = (await liveState(app, showId)).items.get('12');
	const claims = [...(item?.winners ?? []), ...(item?.waitlist ?? [])];
	return claims.find(({ buyer }) => buyer.userId === user)?.claimId ?? '';
}

async function inStatus(status: ShowStatus): Promise<string> {
	const showId = await busyShow();
	if (status === 'paused') await app.actions.changeStatus(showId, 'paused', ACTOR);
	if (status === 'ended') await app.actions.changeStatus(showId, 'ended', ACTOR);
	return showId;
}

/** Outcomes of calls made at the same time: `OK` or the code of the refusal. */
async function codes(calls: readonly Promise<unknown>[]): Promise<string[]> {
	const results = await Promise.allSettled(calls);
	return results
		.map((result) => {
			if (result.status === 'fulfilled') return 'OK';
			if (result.reason instanceof AppError) return result.reason.code;
			throw result.reason;
		})
		.toSorted();
}

describe('release', () => {
	test('of a winner: the unit goes to the head of the queue', async () => {
		const showId = await busyShow();
		const claimId = await claimIdOf(showId, 'a');
		const events = await eventsOf(app, showId, async () => {
			expect(await app.actions.release(showId, of('a'), ACTOR)).toMatchObject({ claimId });
		});
		const cause = { kind: 'operator', action: 'release', actor: ACTOR };
		expect(events).toMatchObject([
			{ type: 'claim.released', data: { claimId, from: 'winner', cause } },
			{ type: 'claim.promoted', data: { buyer: { userId: 'c' }, cause } }
		]);
		expect(await holders(app, showId)).toEqual({ winners: ['b', 'c'], waitlist: ['d', 'e'] });
	});

	test('of a winner whom nobody follows: the unit is free', async () => {
		const showId = await app.show({ '12': 1 });
		await app.say(showId, 'a', 'sold 12');
		expect(
			types(await eventsOf(app, showId, () => app.actions.release(showId, of('a'), ACTOR)))
		).toEqual(['claim.released']);
		expect((await app.say(showId, 'b', 'sold 12')).outcome).toBe('winner');
	});

	test('of somebody who waits: the others keep their order', async () => {
		const showId = await busyShow();
		const events = await eventsOf(app, showId, () => app.actions.release(showId, of('d'), ACTOR));
		expect(events).toMatchObject([{ type: 'claim.released', data: { from: 'waitlist' } }]);
		expect(await holders(app, showId)).toEqual({ winners: ['a', 'b'], waitlist: ['c', 'e'] });
	});

	test('a double click releases once, and never the next claim', async () => {
		const showId = await busyShow();
		const target = { ...of('a'), claimId: await claimIdOf(showId, 'a') };
		const clicks = [1, 2, 3].map(() => app.actions.release(showId, target, ACTOR));
		expect(await codes(clicks)).toEqual(['NO_ACTIVE_CLAIM', 'NO_ACTIVE_CLAIM', 'OK']);
		expect(await holders(app, showId)).toEqual({ winners: ['b', 'c'], waitlist: ['d', 'e'] });
	});

	test('NO_ACTIVE_CLAIM for a claim that the buyer held before', async () => {
		const showId = await busyShow();
		const target = { ...of('a'), claimId: await claimIdOf(showId, 'a') };
		await app.say(showId, 'a', 'pass 12');
		await app.say(showId, 'a', 'sold 12');
		await expectRefusal(app, showId, 'NO_ACTIVE_CLAIM', () =>
			app.actions.release(showId, target, ACTOR)
		);
	});

	test('NO_ACTIVE_CLAIM for somebody who holds nothing on the item', async () => {
		const showId = await busyShow();
		for (const target of [of('x'), of('a', '7'), { ...of('a'), claimId: randomShowId() }]) {
			await expectRefusal(app, showId, 'NO_ACTIVE_CLAIM', () =>
				app.actions.release(showId, target, ACTOR)
			);
		}
	});

	test('ITEM_NOT_FOUND', async () => {
		const showId = await busyShow();
		await expectRefusal(app, showId, 'ITEM_NOT_FOUND', () =>
			app.actions.release(showId, of('a', '99'), ACTOR)
		);
	});
});

describe('award', () => {
	test('gives a free unit to a viewer', async () => {
		const showId = await busyShow();
		const events = await eventsOf(app, showId, () =>
			app.actions.award(showId, '7', viewer('x'), ACTOR)
		);
		expect(events).toMatchObject([
			{
				type: 'claim.created',
				data: {
					state: 'winner',
					item: '7',
					buyer: viewer('x'),
					cause: { kind: 'operator', action: 'award', actor: ACTOR }
				}
			}
		]);
		expect(await holders(app, showId, '7')).toEqual({ winners: ['x'], waitlist: [] });
		expect((await app.say(showId, 'x', 'sold 7')).outcome).toBe('duplicate_buyer');
	});

	test('knows a walk-in by the trimmed name in lower case', async () => {
		const showId = await busyShow();
		await app.actions.award(showId, '7', manualBuyer('  Walk In '), ACTOR);
		const winner = (await liveState(app, showId)).items.get('7')?.winners[0];
		expect(winner?.buyer).toMatchObject({ key: 'manual:walk in', handle: 'Walk In' });
		for (const name of ['walk in', 'WALK IN', ' Walk In']) {
			await expectRefusal(app, showId, 'ALREADY_WINNER', () =>
				app.actions.award(showId, '7', manualBuyer(name), ACTOR)
			);
		}
		await app.actions.award(showId, '7', manualBuyer('Walk  In'), ACTOR);
	});

	test('SOLD_OUT when nothing is free, to a buyer who waits as well', async () => {
		const showId = await busyShow();
		for (const buyer of [viewer('x'), viewer('c'), manualBuyer('Walk In')]) {
			await expectRefusal(app, showId, 'SOLD_OUT', () =>
				app.actions.award(showId, '12', buyer, ACTOR)
			);
		}
	});

	test('SOLD_OUT for an item without units', async () => {
		const showId = await app.show({ '12': 0 });
		await expectRefusal(app, showId, 'SOLD_OUT', () =>
			app.actions.award(showId, '12', viewer('x'), ACTOR)
		);
	});

	test('ALREADY_WINNER, also when nothing is free', async () => {
		const showId = await busyShow();
		await expectRefusal(app, showId, 'ALREADY_WINNER', () =>
			app.actions.award(showId, '12', viewer('a'), ACTOR)
		);
	});

	test('ITEM_NOT_FOUND', async () => {
		const showId = await busyShow();
		await expectRefusal(app, showId, 'ITEM_NOT_FOUND', () =>
			app.actions.award(showId, '99', viewer('x'), ACTOR)
		);
	});

	test('a double click gives one unit', async () => {
		const showId = await busyShow();
		const clicks = [1, 2].map(() => app.actions.award(showId, '7', viewer('x'), ACTOR));
		expect(await codes(clicks)).toEqual(['ALREADY_WINNER', 'OK']);
		expect(await holders(app, showId, '7')).toEqual({ winners: ['x'], waitlist: [] });
	});

	test('the last unit goes to one of two operators’ buyers', async () => {
		const showId = await app.show({ '7': 1 });
		const clicks = ['x', 'y', 'z'].map((user) =>
			app.actions.award(showId, '7', viewer(user), ACTOR)
		);
		expect(await codes(clicks)).toEqual(['OK', 'SOLD_OUT', 'SOLD_OUT']);
	});

	test('what was awarded can be passed like any claim', async () => {
		const showId = await app.show({ '7': 1 });
		await app.actions.award(showId, '7', viewer('x'), ACTOR);
		await app.say(showId, 'y', 'sold 7');
		await app.say(showId, 'x', 'pass 7');
		expect(await holders(app, showId, '7')).toEqual({ winners: ['y'], waitlist: [] });
	});
});

describe('reassign', () => {
	test('to somebody who waits: past the queue, which keeps its order', async () => {
		const showId = await busyShow();
		const claimId = await claimIdOf(showId, 'd');
		const events = await eventsOf(app, showId, async () => {
			const reply = await app.actions.reassign(showId, of('a'), viewer('d'), ACTOR);
			expect(reply).toMatchObject({ claimId });
		});
		expect(events).toMatchObject([
			{ type: 'claim.released', data: { buyer: { userId: 'a' }, from: 'winner' } },
			{ type: 'claim.promoted', data: { buyer: { userId: 'd' }, claimId } }
		]);
		expect(await holders(app, showId)).toEqual({ winners: ['b', 'd'], waitlist: ['c', 'e'] });
	});

	test('to a new buyer', async () => {
		const showId = await busyShow();
		const events = await eventsOf(app, showId, () =>
			app.actions.reassign(showId, of('b'), manualBuyer('Walk In'), ACTOR)
		);
		expect(types(events)).toEqual(['claim.released', 'claim.created']);
		expect(await holders(app, showId)).toEqual({
			winners: ['a', 'walk in'],
			waitlist: ['c', 'd', 'e']
		});
	});

	test('the one who lost the unit may claim again, at the end', async () => {
		const showId = await busyShow();
		await app.actions.reassign(showId, of('a'), viewer('x'), ACTOR);
		expect(await app.say(showId, 'a', 'sold 12')).toMatchObject({
			outcome: 'waitlist',
			position: 4
		});
	});

	test('ALREADY_WINNER to another winner and to the same', async () => {
		const showId = await busyShow();
		for (const user of ['a', 'b']) {
			await expectRefusal(app, showId, 'ALREADY_WINNER', () =>
				app.actions.reassign(showId, of('a'), viewer(user), ACTOR)
			);
		}
	});

	test('NOT_A_WINNER from somebody who waits, from nobody, and from a claim that is gone', async () => {
		const showId = await busyShow();
		const old = { ...of('a'), claimId: randomShowId() };
		for (const target of [of('c'), of('x'), of('a', '7'), old]) {
			await expectRefusal(app, showId, 'NOT_A_WINNER', () =>
				app.actions.reassign(showId, target, viewer('y'), ACTOR)
			);
		}
	});

	test('ITEM_NOT_FOUND', async () => {
		const showId = await busyShow();
		await expectRefusal(app, showId, 'ITEM_NOT_FOUND', () =>
			app.actions.reassign(showId, of('a', '99'), viewer('y'), ACTOR)
		);
	});

	test('a double click moves one unit', async () => {
		const showId = await busyShow();
		const target = { ...of('a'), claimId: await claimIdOf(showId, 'a') };
		const clicks = [1, 2].map(() => app.actions.reassign(showId, target, viewer('x'), ACTOR));
		expect(await codes(clicks)).toEqual(['NOT_A_WINNER', 'OK']);
		expect(await holders(app, showId)).toEqual({ winners: ['b', 'x'], waitlist: ['c', 'd', 'e'] });
	});

	test('of one unit to two buyers at once: one gets it', async () => {
		const showId = await busyShow();
		const clicks = ['x', 'y'].map((user) =>
			app.actions.reassign(showId, of('a'), viewer(user), ACTOR)
		);
		expect(await codes(clicks)).toEqual(['NOT_A_WINNER', 'OK']);
		expect((await holders(app, showId)).winners).toHaveLength(2);
	});

	test('a call that the script can’t read changes nothing and breaks nothing', async () => {
		const showId = await busyShow();
		const before = await liveState(app, showId);
		const odd = { ...viewer('x'), handle: '\ud800' };
		await expect(app.actions.reassign(showId, of('a'), odd, ACTOR)).rejects.toThrow();
		await expect(app.actions.award(showId, '7', odd, ACTOR)).rejects.toThrow();
		expect(await liveState(app, showId)).toEqual(before);
		expect((await app.say(showId, 'x', 'sold 7')).outcome).toBe('winner');
		expectAgreement(await app.settle(showId));
	});
});

describe('setQuantity', () => {
	test('more units go to the head of the queue, one after the other', async () => {
		const showId = await busyShow();
		const events = await eventsOf(app, showId, () =>
			app.actions.setQuantity(showId, '12', 4, ACTOR)
		);
		expect(events).toMatchObject([
			{
				type: 'item.updated',
				data: { action: 'quantity', item: { quantity: 4 }, previous: { quantity: 2 }, actor: ACTOR }
			},
			{ type: 'claim.promoted', data: { buyer: { userId: 'c' } } },
			{ type: 'claim.promoted', data: { buyer: { userId: 'd' } } }
		]);
		expect(await holders(app, showId)).toEqual({ winners: ['a', 'b', 'c', 'd'], waitlist: ['e'] });
	});

	test('more units than people: all win, the rest stays free', async () => {
		const showId = await busyShow();
		await app.actions.setQuantity(showId, '12', MAX_QUANTITY, ACTOR);
		expect(await holders(app, showId)).toEqual({
			winners: ['a', 'b', 'c', 'd', 'e'],
			waitlist: []
		});
		expect((await app.say(showId, 'f', 'sold 12')).outcome).toBe('winner');
	});

	test('from none to many', async () => {
		const showId = await app.show({ '12': 0 });
		for (const user of ['a', 'b', 'c']) await app.say(showId, user, 'sold 12');
		await app.actions.setQuantity(showId, '12', 2, ACTOR);
		expect(await holders(app, showId)).toEqual({ winners: ['a', 'b'], waitlist: ['c'] });
	});

	test('down to those that are sold, and no further', async () => {
		const showId = await app.show({ '12': 5 });
		for (const user of ['a', 'b']) await app.say(showId, user, 'sold 12');
		await app.actions.setQuantity(showId, '12', 2, ACTOR);
		const refusal = await expectRefusal(app, showId, 'QUANTITY_BELOW_CLAIMED', () =>
			app.actions.setQuantity(showId, '12', 1, ACTOR)
		);
		expect(refusal.details).toEqual({ won: 2 });
		expect((await app.say(showId, 'c', 'sold 12')).outcome).toBe('waitlist');
	});

	test('to none when none is sold', async () => {
		const showId = await app.show({ '12': 5 });
		await app.actions.setQuantity(showId, '12', 0, ACTOR);
		expect((await app.say(showId, 'a', 'sold 12')).outcome).toBe('waitlist');
	});

	test('the same again is no event', async () => {
		const showId = await busyShow();
		const events = await eventsOf(app, showId, async () => {
			expect(await app.actions.setQuantity(showId, '12', 2, ACTOR)).toBeNull();
		});
		expect(events).toEqual([]);
	});

	test('a double click raises once', async () => {
		const showId = await busyShow();
		const events = await eventsOf(app, showId, () =>
			Promise.all([1, 2].map(() => app.actions.setQuantity(showId, '12', 3, ACTOR)))
		);
		expect(types(events)).toEqual(['item.updated', 'claim.promoted']);
	});

	test('ITEM_NOT_FOUND', async () => {
		const showId = await busyShow();
		await expectRefusal(app, showId, 'ITEM_NOT_FOUND', () =>
			app.actions.setQuantity(showId, '99', 3, ACTOR)
		);
	});

	test.each([-1, 1.5, MAX_QUANTITY + 1, NaN, Infinity])('%d is no quantity', async (quantity) => {
		const showId = await app.show({ '12': 1 });
		const before = await liveState(app, showId);
		await expect(app.actions.setQuantity(showId, '12', quantity, ACTOR)).rejects.toThrow(
			RangeError
		);
		const item = { number: '5', title: 'x', quantity };
		await expect(app.actions.addItem(showId, item, ACTOR)).rejects.toThrow(RangeError);
		expect(await liveState(app, showId)).toEqual(before);
	});

	test('a queue of 2,000 is promoted in one call, in order', async () => {
		const showId = await app.show({ '12': 0 });
		const users = Array.from({ length: 2_000 }, (_, index) => `u${index}`);
		for (let index = 0; index < users.length; index += 500) {
			await Promise.all(
				users.slice(index, index + 500).map((user) => app.say(showId, user, 'sold 12'))
			);
		}
		const { waitlist } = await holders(app, showId);
		await app.actions.setQuantity(showId, '12', 1_999, ACTOR);
		expect(await holders(app, showId)).toEqual({
			winners: waitlist.slice(0, 1_999),
			waitlist: waitlist.slice(1_999)
		});
		expectAgreement(await app.settle(showId));
	});
});

describe('items', () => {
	test('a new one is open and takes claims', async () => {
		const showId = await busyShow();
		const item = { number: '13', title: 'Silk <b>dress</b> "13"', quantity: 1 };
		const events = await eventsOf(app, showId, async () => {
			expect((await app.actions.addItem(showId, item, ACTOR)).itemId).toMatch(/^[0-9a-f-]{36}$/);
		});
		expect(events).toMatchObject([
			{
				type: 'item.updated',
				data: { action: 'added', previous: null, item: { ...item, state: 'open' } }
			}
		]);
		expect((await app.say(showId, 'x', 'sold 13')).outcome).toBe('winner');
	});

	test('ITEM_EXISTS, whatever else is new about it', async () => {
		const showId = await busyShow();
		await expectRefusal(app, showId, 'ITEM_EXISTS', () =>
			app.actions.addItem(showId, { number: '12', title: 'Other', quantity: 9 }, ACTOR)
		);
	});

	test('the same number twice at once is one item', async () => {
		const showId = await busyShow();
		const clicks = [1, 2].map((quantity) =>
			app.actions.addItem(showId, { number: '13', title: 'x', quantity }, ACTOR)
		);
		expect(await codes(clicks)).toEqual(['ITEM_EXISTS', 'OK']);
	});

	test('another title leaves the claims alone; the same one is no event', async () => {
		const showId = await busyShow();
		const before = await holders(app, showId);
		const events = await eventsOf(app, showId, async () => {
			await app.actions.editItem(showId, '12', 'Silk dress', ACTOR);
			await app.actions.editItem(showId, '12', 'Silk dress', ACTOR);
		});
		expect(events).toMatchObject([
			{
				data: {
					action: 'edited',
					item: { title: 'Silk dress', quantity: 2 },
					previous: { title: 'Item 12' }
				}
			}
		]);
		expect(await holders(app, showId)).toEqual(before);
	});

	test('closed and opened; twice is no event', async () => {
		const showId = await busyShow();
		const before = await holders(app, showId);
		const events = await eventsOf(app, showId, async () => {
			await app.actions.openItem(showId, '12', ACTOR);
			await app.actions.closeItem(showId, '12', ACTOR);
			await app.actions.closeItem(showId, '12', ACTOR);
			await app.actions.openItem(showId, '12', ACTOR);
		});
		expect(events).toMatchObject([{ data: { action: 'closed' } }, { data: { action: 'opened' } }]);
		expect(await holders(app, showId)).toEqual(before);
	});

	test('a release on a closed item promotes the next one all the same', async () => {
		const showId = await busyShow();
		await app.actions.closeItem(showId, '12', ACTOR);
		await app.actions.release(showId, of('a'), ACTOR);
		expect(await holders(app, showId)).toEqual({ winners: ['b', 'c'], waitlist: ['d', 'e'] });
	});

	test('removed when nobody holds or waits', async () => {
		const showId = await busyShow();
		const events = await eventsOf(app, showId, () => app.actions.removeItem(showId, '7', ACTOR));
		expect(events).toMatchObject([{ data: { action: 'removed', item: { number: '7' } } }]);
		expect((await app.say(showId, 'x', 'sold 7')).outcome).toBe('item_not_found');
		expect((await liveState(app, showId)).items.has('7')).toBe(false);
	});

	test('ITEM_HAS_CLAIMS while somebody holds a unit', async () => {
		const showId = await app.show({ '12': 3 });
		await app.say(showId, 'a', 'sold 12');
		await expectRefusal(app, showId, 'ITEM_HAS_CLAIMS', () =>
			app.actions.removeItem(showId, '12', ACTOR)
		);
		await app.actions.release(showId, of('a'), ACTOR);
		await app.actions.removeItem(showId, '12', ACTOR);
	});

	test('ITEM_HAS_CLAIMS while somebody only waits', async () => {
		const showId = await app.show({ '12': 0 });
		await app.say(showId, 'a', 'sold 12');
		await expectRefusal(app, showId, 'ITEM_HAS_CLAIMS', () =>
			app.actions.removeItem(showId, '12', ACTOR)
		);
	});

	test('claims on a number that begins with the same digits do not keep an item', async () => {
		const showId = await app.show({ '1': 1, '12': 1, '112': 1 });
		for (const number of ['12', '112']) await app.say(showId, 'a', `sold ${number}`);
		await app.actions.removeItem(showId, '1', ACTOR);
		expect([...(await liveState(app, showId)).items.keys()].toSorted()).toEqual(['112', '12']);
	});

	test('a number that is given anew has a history of its own', async () => {
		const showId = await app.show({ '5': 2 });
		await app.say(showId, 'a', 'sold 5');
		await app.say(showId, 'b', 'sold 5');
		await app.say(showId, 'a', 'pass 5');
		await app.actions.release(showId, of('b', '5'), ACTOR);
		await app.actions.removeItem(showId, '5', ACTOR);
		const item = { number: '5', title: 'Second five', quantity: 1 };
		const { itemId } = await app.actions.addItem(showId, item, ACTOR);
		expect(await holders(app, showId, '5')).toEqual({ winners: [], waitlist: [] });
		await app.say(showId, 'a', 'sold 5');
		expectAgreement(await app.settle(showId));

		const claims = await app.db
			.selectFrom('claims')
			.select(['item_id', 'buyer_key', 'state'])
			.where('show_id', '=', showId)
			.orderBy('created_seq')
			.execute();
		expect(claims.map(({ buyer_key, state }) => [buyer_key, state])).toEqual([
			['facebook:a', 'released'],
			['facebook:b', 'released'],
			['facebook:a', 'winner']
		]);
		expect(claims[0]?.item_id).toBe(claims[1]?.item_id);
		expect(claims[0]?.item_id).not.toBe(itemId);
		expect(claims[2]?.item_id).toBe(itemId);
		const items = await app.db
			.selectFrom('items')
			.select(['title', 'removed_at'])
			.where('show_id', '=', showId)
			.orderBy('created_at')
			.execute();
		expect(items.map(({ title, removed_at }) => [title, removed_at === null])).toEqual([
			['Item 5', false],
			['Second five', true]
		]);
	});

	test('removed and given anew many times, also persisted in one batch', async () => {
		const showId = await app.show({}, { activate: true });
		for (let round = 0; round < 5; round++) {
			await app.actions.addItem(
				showId,
				{ number: '5', title: `Five ${round}`, quantity: 1 },
				ACTOR
			);
			await app.say(showId, 'a', 'sold 5');
			await app.say(showId, 'a', 'pass 5');
			await app.actions.removeItem(showId, '5', ACTOR);
		}
		expectAgreement(await app.settle(showId));
	});

	test('one is held up at a time; twice is no event, a removed one no longer', async () => {
		const showId = await busyShow();
		const events = await eventsOf(app, showId, async () => {
			await app.actions.showItem(showId, '12', ACTOR);
			await app.actions.showItem(showId, '12', ACTOR);
			await app.actions.showItem(showId, '7', ACTOR);
		});
		expect(events).toMatchObject([{ data: { action: 'shown' } }, { data: { action: 'shown' } }]);
		expect((await liveState(app, showId)).showing).toBe('7');
		await app.actions.removeItem(showId, '7', ACTOR);
		expect((await liveState(app, showId)).showing).toBeNull();
		expect(await eventsOf(app, showId, () => app.actions.showItem(showId, null, ACTOR))).toEqual(
			[]
		);
		expectAgreement(await app.settle(showId));
	});

	const onNoItem: [string, (showId: string) => Promise<unknown>][] = [
		['editItem', (showId) => app.actions.editItem(showId, '99', 'x', ACTOR)],
		['openItem', (showId) => app.actions.openItem(showId, '99', ACTOR)],
		['closeItem', (showId) => app.actions.closeItem(showId, '99', ACTOR)],
		['removeItem', (showId) => app.actions.removeItem(showId, '99', ACTOR)],
		['showItem', (showId) => app.actions.showItem(showId, '99', ACTOR)]
	];
	test.each(onNoItem)('%s: ITEM_NOT_FOUND', async (_name, act) => {
		const showId = await busyShow();
		await expectRefusal(app, showId, 'ITEM_NOT_FOUND', () => act(showId));
	});
});

describe('the life of a show', () => {
	const lives: [StatusAction, readonly ShowStatus[], ShowStatus][] = [
		['activated', ['draft'], 'active'],
		['paused', ['active'], 'paused'],
		['resumed', ['paused'], 'active'],
		['ended', ['active', 'paused'], 'ended']
	];
	const from: ShowStatus[] = ['draft', 'active', 'paused', 'ended'];
	const steps = lives.flatMap(([action, starts, to]) =>
		from.map((status) => [action, status, starts.includes(status) ? to : null] as const)
	);

	test.each(steps)('%s from %s leads to %s', async (action, status, to) => {
		const showId = await app.show({ '12': 1 }, { activate: status !== 'draft' });
		if (status === 'paused') await app.actions.changeStatus(showId, 'paused', ACTOR);
		if (status === 'ended') await app.actions.changeStatus(showId, 'ended', ACTOR);
		const change = () => app.actions.changeStatus(showId, action, ACTOR);
		if (to === null) {
			const code = status === 'ended' ? 'SHOW_ENDED' : 'INVALID_TRANSITION';
			const refusal = await expectRefusal(app, showId, code, change);
			if (status !== 'ended') expect(refusal.details).toEqual({ status });
			return;
		}
		const events = await eventsOf(app, showId, change);
		expect(events).toMatchObject([
			{ type: 'session.status', data: { action, status: to, previous: status, actor: ACTOR } }
		]);
		expect((await liveState(app, showId)).status).toBe(to);
	});

	test('a pause keeps every claim, and the resumed show goes on with them', async () => {
		const showId = await busyShow();
		const before = await holders(app, showId);
		await app.actions.changeStatus(showId, 'paused', ACTOR);
		await app.say(showId, 'f', 'sold 12');
		await app.actions.changeStatus(showId, 'resumed', ACTOR);
		expect(await holders(app, showId)).toEqual(before);
		expect((await app.say(showId, 'f', 'sold 12')).position).toBe(4);
	});

	test('a double click starts, pauses and ends once', async () => {
		const showId = await app.show({ '12': 1 }, { activate: false });
		for (const action of ['activated', 'paused', 'resumed', 'ended'] as const) {
			const clicks = [1, 2].map(() => app.actions.changeStatus(showId, action, ACTOR));
			const again = action === 'ended' ? 'SHOW_ENDED' : 'INVALID_TRANSITION';
			expect(await codes(clicks)).toEqual([again, 'OK'].toSorted());
		}
	});

	test('name and words change together, in every status but the last; the same again is no event', async () => {
		const showId = await app.show({ '12': 1 }, { activate: false });
		const settings = { name: 'Sunday sale', claimWord: 'mine', passWord: 'skip' };
		const events = await eventsOf(app, showId, async () => {
			await app.actions.editShow(showId, settings, ACTOR);
			await app.actions.editShow(showId, settings, ACTOR);
		});
		expect(events).toMatchObject([
			{ data: { ...settings, action: 'edited', status: 'draft', previous: 'draft' } }
		]);
		expect((await liveState(app, showId)).settings).toEqual(settings);
		expectAgreement(await app.settle(showId));
	});
});

describe('what an operator may do when', () => {
	const actions: [string, (showId: string) => Promise<unknown>][] = [
		['release', (showId) => app.actions.release(showId, of('a'), ACTOR)],
		['award', (showId) => app.actions.award(showId, '7', viewer('x'), ACTOR)],
		['reassign', (showId) => app.actions.reassign(showId, of('a'), viewer('x'), ACTOR)],
		['setQuantity', (showId) => app.actions.setQuantity(showId, '12', 5, ACTOR)],
		[
			'addItem',
			(showId) => app.actions.addItem(showId, { number: '13', title: 'x', quantity: 1 }, ACTOR)
		],
		['editItem', (showId) => app.actions.editItem(showId, '12', 'x', ACTOR)],
		['closeItem', (showId) => app.actions.closeItem(showId, '12', ACTOR)],
		[
			'openItem',
			async (showId) => {
				await app.actions.closeItem(showId, '12', ACTOR);
				await app.actions.openItem(showId, '12', ACTOR);
			}
		],
		['removeItem', (showId) => app.actions.removeItem(showId, '7', ACTOR)],
		['showItem', (showId) => app.actions.showItem(showId, '12', ACTOR)],
		[
			'editShow',
			(showId) =>
				app.actions.editShow(showId, { name: 'x', claimWord: 'mine', passWord: 'skip' }, ACTOR)
		]
	];
	const inShow = (['active', 'paused'] as const).flatMap((status) =>
		actions.map(([name, act]) => [name, status, act] as const)
	);
	test.each(inShow)('%s in a show that is %s', async (_name, status, act) => {
		const showId = await inStatus(status);
		expect((await eventsOf(app, showId, () => act(showId))).length).toBeGreaterThan(0);
	});

	const noClaims = new Set(['release', 'reassign']);
	test.each(actions.filter(([name]) => !noClaims.has(name)))(
		'%s in a draft',
		async (_name, act) => {
			const showId = await app.show({ '12': 2, '7': 2 }, { activate: false });
			expect((await eventsOf(app, showId, () => act(showId))).length).toBeGreaterThan(0);
		}
	);

	test.each(actions)('%s in a show that is over: SHOW_ENDED', async (_name, act) => {
		const showId = await inStatus('ended');
		await expectRefusal(app, showId, 'SHOW_ENDED', () => act(showId));
	});

	test.each(actions)('%s in a show that does not exist: SHOW_NOT_FOUND', async (_name, act) => {
		await expect(act(randomShowId())).rejects.toMatchObject({ code: 'SHOW_NOT_FOUND' });
	});
});

describe('the audit log', () => {
	test('has each action with its actor, and none that was refused', async () => {
		const showId = await busyShow();
		await app.actions.release(showId, of('a'), 'user:anna');
		await app.actions.award(showId, '7', viewer('x'), 'user:ben');
		await app.actions.reassign(showId, of('b'), viewer('y'), 'user:cleo');
		await app.actions.setQuantity(showId, '12', 3, 'user:dan');
		await expect(app.actions.release(showId, of('a'), 'user:eve')).rejects.toThrow();
		expectAgreement(await app.settle(showId));
		const rows = await app.db
			.selectFrom('audit_log')
			.select(['actor', 'action'])
			.where('show_id', '=', showId)
			.where('actor', '<>', ACTOR)
			.orderBy('seq')
			.execute();
		expect(rows.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
			'user:anna release',
			'user:anna release',
			'user:ben award',
			'user:cleo reassign',
			'user:cleo reassign',
			'user:dan item.quantity',
			'user:dan quantity'
		]);
	});
});

describe('reports of channels', () => {
	const report = {
		channelId: randomShowId(),
		platform: 'facebook',
		liveId: 'L',
		status: 'connected' as const,
		reason: null,
		detail: null
	};

	test('the same twice is one event', async () => {
		const showId = await busyShow();
		const events = await eventsOf(app, showId, async () => {
			await app.channels.status(showId, report);
			await app.channels.status(showId, report);
			await app.channels.status(showId, { ...report, status: 'degraded', detail: 'slow' });
		});
		expect(events).toMatchObject([
			{ type: 'channel.status', data: { status: 'connected' } },
			{ type: 'channel.status', data: { status: 'degraded', detail: 'slow' } }
		]);
		expectAgreement(await app.settle(showId));
	});

	test('a channel closes after the end of the show', async () => {
		const showId = await inStatus('ended');
		const ended = { ...report, channelId: randomShowId(), status: 'ended' as const };
		const events = await eventsOf(app, showId, () => app.channels.status(showId, ended));
		expect(events).toMatchObject([{ type: 'channel.status', data: { status: 'ended' } }]);
		expectAgreement(await app.settle(showId));
	});

	test('what a platform says is cut and cleaned, so that it can always be stored', async () => {
		const showId = await busyShow();
		const detail = `bad\u0000 \ud800 ${'x'.repeat(1_000)}`;
		const events = await eventsOf(app, showId, async () => {
			await app.channels.status(showId, { ...report, channelId: randomShowId(), detail });
			await app.channels.error(showId, { code: 'X', message: detail, channelId: null });
		});
		expect(events).toMatchObject([
			{ data: { detail: `bad  \ufffd ${'x'.repeat(493)}` } },
			{ data: { message: `bad  \ufffd ${'x'.repeat(493)}` } }
		]);
		expectAgreement(await app.settle(showId));
	});

	test('an error is an event, and another time another one', async () => {
		const showId = await busyShow();
		const error = { code: 'TOKEN_EXPIRED', message: 'Sign in again.', channelId: null };
		const events = await eventsOf(app, showId, async () => {
			await app.channels.error(showId, error);
			await app.channels.error(showId, error);
		});
		expect(events).toMatchObject([
			{ type: 'error', data: error },
			{ type: 'error', data: error }
		]);
		expectAgreement(await app.settle(showId));
	});
});

import { describe, expect, test } from 'vitest';
import {
	previewAward,
	previewEnd,
	previewQuantity,
	previewReassign,
	previewRelease
} from './ripple.ts';
import { createShowState } from './show-state.ts';
import type { Claim, ShowState } from './show-state.ts';

function claim(user: string, state: Claim['state'], rank: number): Claim {
	const buyer = {
		key: `facebook:${user}`,
		platform: 'facebook',
		userId: user,
		handle: user,
		displayName: null
	};
	const wonSeq = state === 'winner' ? rank : null;
	return { claimId: `claim-${user}`, item: '12', buyer, state, rank, wonSeq, claimedAt: 0 };
}

/** Two units: a won, one is free unless `sold`; c and d wait when it is. */
function show(sold: boolean): ShowState {
	const state = createShowState('s', 'e', { name: 'Show', claimWord: 'sold', passWord: 'pass' });
	state.items.set('12', {
		id: 'i',
		number: '12',
		title: 'Dress',
		quantity: 2,
		state: 'open',
		winners: sold ? [claim('a', 'winner', 1), claim('b', 'winner', 2)] : [claim('a', 'winner', 1)],
		waitlist: sold ? [claim('c', 'waitlist', 3), claim('d', 'waitlist', 4)] : [],
		changedSeq: 2
	});
	return state;
}

const names = (claims: readonly Claim[]): string[] => claims.map((entry) => entry.buyer.userId);

describe('the ripple of an action', () => {
	test('releasing a winner promotes the head of the queue', () => {
		const ripple = previewRelease(show(true), '12', 'claim-a');
		expect([names(ripple.released), names(ripple.promoted)]).toEqual([['a'], ['c']]);
	});

	test('releasing somebody who waits promotes nobody', () => {
		expect(names(previewRelease(show(true), '12', 'claim-d').promoted)).toEqual([]);
	});

	test('releasing a claim that is gone says so', () => {
		expect(previewRelease(show(true), '12', 'claim-z').refusal).toBe('NO_ACTIVE_CLAIM');
	});

	test('a sold-out item can’t be awarded, a winner not twice', () => {
		expect(previewAward(show(true), '12', 'facebook:z').refusal).toBe('SOLD_OUT');
		expect(previewAward(show(false), '12', 'facebook:a').refusal).toBe('ALREADY_WINNER');
		expect(previewAward(show(false), '12', 'facebook:z').refusal).toBeNull();
		expect(previewAward(show(false), '99', 'facebook:z').refusal).toBe('ITEM_NOT_FOUND');
	});

	test('reassigning displaces the winner and takes the chosen one out of the queue', () => {
		const ripple = previewReassign(show(true), '12', 'claim-a', 'facebook:d');
		expect([names(ripple.released), names(ripple.promoted)]).toEqual([['a'], ['d']]);
		expect(previewReassign(show(true), '12', 'claim-c', 'facebook:d').refusal).toBe('NOT_A_WINNER');
	});

	test('more units go to the queue in order; fewer than sold are refused', () => {
		expect(names(previewQuantity(show(true), '12', 3).promoted)).toEqual(['c']);
		expect(names(previewQuantity(show(true), '12', 9).promoted)).toEqual(['c', 'd']);
		expect(previewQuantity(show(true), '12', 1).refusal).toBe('QUANTITY_BELOW_CLAIMED');
	});

	test('ending leaves free units and people who wait', () => {
		expect(previewEnd(show(false))).toEqual({ freeUnits: 1, waiting: 0 });
		expect(previewEnd(show(true))).toEqual({ freeUnits: 0, waiting: 2 });
	});
});

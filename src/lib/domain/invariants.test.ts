import { expect, test } from 'vitest';
import { brokenInvariants } from './invariants.ts';
import { createShowState } from './show-state.ts';
import type { Claim } from './show-state.ts';

const claim = (user: string, rank: number, won: boolean): Claim => ({
	claimId: `c-${user}-${rank}`,
	item: '12',
	buyer: {
		key: `facebook:${user}`,
		platform: 'facebook',
		userId: user,
		handle: user,
		displayName: null
	},
	state: won ? 'winner' : 'waitlist',
	rank,
	wonSeq: won ? rank : null,
	claimedAt: 0
});

function brokenWith(quantity: number, winners: Claim[], waitlist: Claim[]): string[] {
	const state = createShowState('s', 'e', { name: '', claimWord: 'sold', passWord: 'pass' });
	const item = { id: 'i', number: '12', title: '', quantity, state: 'open' as const };
	state.items.set('12', { ...item, winners, waitlist, changedSeq: 0 });
	return brokenInvariants(state);
}

test('a sold-out item with a queue, an empty one and one without units break no rule', () => {
	expect(
		brokenWith(1, [claim('a', 1, true)], [claim('b', 2, false), claim('c', 3, false)])
	).toEqual([]);
	expect(brokenWith(3, [], [])).toEqual([]);
	expect(brokenWith(0, [], [claim('a', 1, false)])).toEqual([]);
});

test('each rule is named when it is broken', () => {
	const [a, b] = [claim('a', 1, true), claim('b', 2, true)];
	expect(brokenWith(1, [a, b], [])).toEqual(['more_winners_than_units']);
	expect(brokenWith(2, [a], [claim('c', 3, false)])).toEqual(['waiting_while_a_unit_is_free']);
	expect(brokenWith(1, [a], [claim('a', 3, false)])).toEqual(['buyer_holds_an_item_twice']);
	expect(brokenWith(1, [a], [claim('c', 4, false), claim('d', 3, false)])).toEqual([
		'queue_out_of_order'
	]);
});

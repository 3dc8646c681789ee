import { expect, test } from 'vitest';
import type { ItemClaims } from '../domain/show-state.ts';
import { countStates, viewItems } from './item-view.ts';
import { nextItemNumber, stepItem } from './next-item.ts';
import { startSnapshot } from './show-fixture.ts';

const [base] = startSnapshot().items;

function item(number: string, change: Partial<ItemClaims> = {}): ItemClaims {
	if (!base) throw new Error('the fixture has an item');
	return { ...base, id: `item-${number}`, number, ...change };
}

const claimed = {
	item: '',
	claimId: 'c',
	state: 'winner',
	rank: 1,
	wonSeq: 1,
	claimedAt: 1
} as const;
const ana = {
	key: 'facebook:a',
	platform: 'facebook',
	userId: 'a',
	handle: 'ana',
	displayName: null
};
const won = { ...claimed, buyer: ana };
const items = [
	item('2', { quantity: 1, winners: [won], waitlist: [won] }),
	item('9', { winners: [won] }),
	item('10'),
	item('11', { state: 'closed', waitlist: [won, won] })
];
const numbers = (list: readonly ItemClaims[]) => list.map(({ number }) => number);

test('items sort by number, by queue and by state', () => {
	expect(numbers(viewItems(items, 'number', null))).toEqual(['2', '9', '10', '11']);
	expect(numbers(viewItems(items, 'queue', null))).toEqual(['11', '2', '9', '10']);
	expect(numbers(viewItems(items, 'state', null))).toEqual(['10', '9', '2', '11']);
});

test('a state narrows the list down, and the counts add up', () => {
	expect(numbers(viewItems(items, 'number', 'sold_out'))).toEqual(['2']);
	expect(countStates(items)).toEqual({ unclaimed: 1, partial: 1, sold_out: 1, closed: 1 });
});

test('the next number follows the highest', () => {
	expect(nextItemNumber(items)).toBe('12');
	expect(nextItemNumber([])).toBe('1');
	expect(nextItemNumber([item('999999')])).toBe('');
});

test('next and previous go by number and stop at the ends', () => {
	const step = (showing: string | null, by: 1 | -1) => stepItem(items, showing, by)?.number ?? null;
	expect(step(null, 1)).toBe('2');
	expect(step('9', 1)).toBe('10');
	expect(step('9', -1)).toBe('2');
	expect(step('11', 1)).toBeNull();
	expect(step('2', -1)).toBeNull();
});

test('from an item that was removed, the neighbours are next', () => {
	expect(stepItem(items, '5', 1)?.number).toBe('9');
	expect(stepItem(items, '5', -1)?.number).toBe('2');
	expect(stepItem(items, '50', 1)).toBeNull();
	expect(stepItem(items, '50', -1)?.number).toBe('11');
});

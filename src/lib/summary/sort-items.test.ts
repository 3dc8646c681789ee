import { describe, expect, test } from 'vitest';
import { itemSummary } from './summary-fixture.ts';
import { restockList } from './restock.ts';
import { nextOrder, sortItems } from './sort-items.ts';

const items = [
	itemSummary('10', { title: 'scarf', claims: 4, waiting: 2, peakWaiting: 2, soldOutMs: 900 }),
	itemSummary('9', { title: 'Scarf', claims: 4, waiting: 0, peakWaiting: 7 }),
	itemSummary('2', { title: 'Bag 10', claims: 9, waiting: 2, peakWaiting: 5, soldOutMs: 100 }),
	itemSummary('100', { title: 'Bag 9', claims: 0, waiting: 6, peakWaiting: 6 })
];
const numbers = (sorted: readonly { number: string }[]) => sorted.map(({ number }) => number);

describe('the items', () => {
	test('are sorted by number as numbers, by title as people do', () => {
		expect(numbers(sortItems(items, { key: 'number', descending: false }))).toEqual([
			...['2', '9', '10', '100']
		]);
		expect(numbers(sortItems(items, { key: 'title', descending: false }))).toEqual([
			...['100', '2', '9', '10']
		]);
	});

	test('equal ones stand by number, in both directions', () => {
		expect(numbers(sortItems(items, { key: 'claims', descending: true }))).toEqual([
			...['2', '9', '10', '100']
		]);
		expect(numbers(sortItems(items, { key: 'claims', descending: false }))).toEqual([
			...['100', '9', '10', '2']
		]);
	});

	test('those that never sold out stand last, in both directions', () => {
		expect(numbers(sortItems(items, { key: 'time', descending: false }))).toEqual([
			...['2', '10', '9', '100']
		]);
		expect(numbers(sortItems(items, { key: 'time', descending: true }))).toEqual([
			...['10', '2', '9', '100']
		]);
	});
});

test('counts start with the largest, a second press turns round', () => {
	const first = nextOrder({ key: 'number', descending: false }, 'waiting');
	expect(first).toEqual({ key: 'waiting', descending: true });
	expect(nextOrder(first, 'waiting').descending).toBe(false);
	expect(nextOrder(first, 'time').descending).toBe(false);
});

test('to be restocked is what somebody waits for, the longest queue first, then the longest ever', () => {
	expect(numbers(restockList(items))).toEqual(['100', '2', '10']);
});

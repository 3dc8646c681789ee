import { expect, test } from 'vitest';
import { badRow, goodRow } from './read-row.ts';
import { readItemList } from './read-item-list.ts';
import { reviewRows } from './review-rows.ts';

const none = () => undefined;

test('of two rows with one number the first can be added, the other names it', () => {
	const rows = [
		goodRow(1, { number: '7', title: 'Mug', quantity: 2 }),
		goodRow(4, { number: '7', title: 'Cup', quantity: 1 })
	];
	const review = reviewRows(rows, none, 'row');
	expect(review.rows.map((row) => row.verdict)).toEqual(['ready', 'faulty']);
	expect(review.rows[1]?.fault).toBe('Number 7 is already used in row 1.');
	expect(review).toMatchObject({ units: 2, faulty: 1, existing: 0 });
	expect(review.ready).toEqual([{ number: '7', title: 'Mug', quantity: 2 }]);
});

test('a number that the show has is left alone and named', () => {
	const review = reviewRows(
		readItemList('7 Mug\n8 Cup'),
		(number) => (number === '7' ? 'Teapot' : undefined),
		'line'
	);
	expect(review.rows.map((row) => row.verdict)).toEqual(['exists', 'ready']);
	expect(review.rows[0]?.fault).toBe('The show has item 7 already: “Teapot”.');
	expect(review).toMatchObject({ existing: 1, faulty: 0 });
});

test('a range that runs into a number above says where that stands', () => {
	const review = reviewRows(readItemList('5 Mug\n4-6 Bag'), none, 'line');
	expect(review.rows.map((row) => row.verdict)).toEqual(['ready', 'ready', 'faulty', 'ready']);
	expect(review.rows[2]?.fault).toBe('Number 5 is already used in line 1.');
});

test('a row that can’t be read keeps its own reason', () => {
	const cells = { number: 'x', title: 'Mug', quantity: '' };
	const review = reviewRows([badRow(2, cells, 'No number.')], none, 'row');
	expect(review.rows[0]).toMatchObject({ verdict: 'faulty', fault: 'No number.' });
	expect(review.ready).toEqual([]);
});

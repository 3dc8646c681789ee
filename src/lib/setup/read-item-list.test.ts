import { expect, test } from 'vitest';
import { readItemList } from './read-item-list.ts';

test('a list holds items and ranges, each row with the number of its line', () => {
	const rows = readItemList('1 Mug\r\n\r\n10-12 Mystery bag x2\n20\tScarf\t3');
	expect(rows.map(({ row, item }) => [row, item?.number, item?.title, item?.quantity])).toEqual([
		[1, '1', 'Mug', 1],
		[3, '10', 'Mystery bag', 2],
		[3, '11', 'Mystery bag', 2],
		[3, '12', 'Mystery bag', 2],
		[4, '20', 'Scarf', 3]
	]);
});

test('a line that can’t be read is shown as it was written, with the reason', () => {
	const [line, range] = readItemList(' Linen dress \n9-3 Bag');
	expect(line).toEqual({
		row: 1,
		cells: { number: '', title: 'Linen dress', quantity: '' },
		item: null,
		fault: 'Start with the item number, 1 to 999999.'
	});
	expect(range?.fault).toContain('higher number');
});

test('nothing pasted is nothing read', () => {
	expect(readItemList(' \n\n')).toEqual([]);
});

import { describe, expect, test } from 'vitest';
import { MAX_RANGE_ITEMS, itemsOfRange, parseItemRange } from './parse-item-range.ts';

describe('a range names its first and last number, and what all of them are', () => {
	test.each([
		['100-120 Mystery bag x2', 100, 120, 'Mystery bag', 2],
		['100–120 Mystery bag', 100, 120, 'Mystery bag', 1],
		['  #100-#120   Mystery bag ×3 ', 100, 120, 'Mystery bag', 3],
		['100..120 Mystery bag', 100, 120, 'Mystery bag', 1],
		['100 to 120 Mystery bag', 100, 120, 'Mystery bag', 1],
		['100-120: Mystery bag x2', 100, 120, 'Mystery bag', 2],
		['100-120\tMystery bag\t2', 100, 120, 'Mystery bag', 2],
		['007-009 Mug', 7, 9, 'Mug', 1],
		['๑-๓ ถุง', 1, 3, 'ถุง', 1],
		['1-500 Last size that fits', 1, 500, 'Last size that fits', 1],
		['999998-999999 The end', 999_998, 999_999, 'The end', 1]
	])('%j', (line, from, to, title, quantity) => {
		expect(parseItemRange(line)).toEqual({ ok: true, range: { from, to, title, quantity } });
	});
});

describe('a range that can’t be meant says what is wrong', () => {
	test.each([
		['120-100 Mystery bag', 'order'],
		['100-100 Mystery bag', 'order'],
		['0-5 Mystery bag', 'number'],
		['1-1000000 Mystery bag', 'number'],
		['1-501 Mystery bag', 'too_many'],
		['100-120', 'title'],
		['100-120 x2', 'title'],
		['100-120 Mystery bag x0', 'quantity'],
		[`1-3 ${'a'.repeat(201)}`, 'title_too_long']
	])('%j: %s', (line, fault) => {
		expect(parseItemRange(line)).toEqual({ ok: false, fault });
	});
});

test.each([
	'12 Linen dress',
	'12 - 50 cm ribbon',
	'12 Poster 50-70',
	'Mystery bag 1-3',
	'12-inch vinyl',
	''
])('%j is no range', (line) => expect(parseItemRange(line)).toBeNull());

test('a range makes one item for each number, ends included', () => {
	const items = itemsOfRange({ from: 100, to: 120, title: 'Mystery bag', quantity: 2 });
	expect(items).toHaveLength(21);
	expect(items[0]).toEqual({ number: '100', title: 'Mystery bag', quantity: 2 });
	expect(items.at(-1)?.number).toBe('120');
});

test('the largest range makes as many items as the limit says', () => {
	const result = parseItemRange(`1-${MAX_RANGE_ITEMS} Bag`);
	expect(result?.ok && itemsOfRange(result.range)).toHaveLength(MAX_RANGE_ITEMS);
});

import { expect, test } from 'vitest';
import { createFilter } from './search.ts';

type Entry = { readonly item: string | null; readonly text: string };
const entries: Entry[] = [
	{ item: '12', text: '12 Zoë' },
	{ item: '112', text: '112 Ada' },
	{ item: null, text: 'ＳＯＬＤ out already?' },
	{ item: '7', text: 'ada lovelace 7' }
];

function found(typed: string): number[] {
	const filter = createFilter<Entry>((entry) => entry);
	return filter(entries, typed).map((entry) => entries.indexOf(entry));
}

test('no text keeps everything, and the very same list', () => {
	const filter = createFilter<Entry>((entry) => entry);
	expect(filter(entries, '  ')).toBe(entries);
});

test('every word must occur, whatever its case, width or order', () => {
	expect(found('ADA')).toEqual([1, 3]);
	expect(found('lovelace ada')).toEqual([3]);
	expect(found('sold')).toEqual([2]);
	expect(found('zoë')).toEqual([0]);
});

test('#12 means the item and no other with these digits', () => {
	expect(found('#12')).toEqual([0]);
	expect(found(' # 0012 ')).toEqual([0]);
	expect(found('12')).toEqual([0, 1]);
});

test('what matches nothing finds nothing', () => {
	expect(found('#99')).toEqual([]);
	expect(found('nobody')).toEqual([]);
});

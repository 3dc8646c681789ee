import { describe, expect, test } from 'vitest';
import { csvRows } from './csv.ts';

test('rows end with CRLF, cells are parted by commas, nothing is an empty cell', () => {
	expect(csvRows([['a', 1, null, 'b']], ',')).toBe('a,1,,b\r\n');
	expect(
		csvRows(
			[
				['a', 'b'],
				['c', 'd']
			],
			','
		)
	).toBe('a,b\r\nc,d\r\n');
	expect(csvRows([], ',')).toBe('');
});

test('the rows of several calls make one file', () => {
	const [first, second] = [['a', 'b'] as const, ['', null] as const];
	expect(csvRows([first], ',') + csvRows([second], ',')).toBe(csvRows([first, second], ','));
	expect(csvRows([second], ',')).toBe(',\r\n');
});

describe('a cell is quoted exactly when it needs quotes', () => {
	test.each([
		['plain', 'plain'],
		['a,b', '"a,b"'],
		['say "sold"', '"say ""sold"""'],
		['"', '""""'],
		['two\nlines', '"two\nlines"'],
		['two\r\nlines', '"two\r\nlines"'],
		['back\rwards', '"back\rwards"'],
		[' leading', '" leading"'],
		['trailing ', '"trailing "'],
		['12; 13', '"12; 13"'],
		['x;=1+1', '"x;=1+1"'],
		['tab\tinside', '"tab\tinside"'],
		["it's", "it's"],
		['émoji 💕', 'émoji 💕'],
		['שלום', 'שלום']
	])('%j', (text, cell) => {
		expect(csvRows([['x', text, 'y']], ',')).toBe(`x,${cell},y\r\n`);
	});
});

test('parted by semicolons, what holds either separator is quoted; nothing else differs', () => {
	const row = ['a,b', 'a;b', 'tab\tinside', '=1;1', 12, null];
	expect(csvRows([row], ';')).toBe(`"a,b";"a;b";"tab\tinside";"'=1;1";12;\r\n`);
});

test('every text cell is neutralised, also in quotes; numbers are left alone', () => {
	expect(csvRows([['=1+1', '@ana', -5, '=a,b', '＝1']], ',')).toBe(
		`'=1+1,'@ana,-5,"'=a,b",'＝1\r\n`
	);
});

test('the longest comment is one cell', () => {
	const text = '"'.repeat(4_000) + ',\n'.repeat(2_000);
	expect(csvRows([[text]], ',')).toBe(`"${'""'.repeat(4_000)}${',\n'.repeat(2_000)}"\r\n`);
});

import { describe, expect, test } from 'vitest';
import { MAX_ITEM_TITLE, parseItemLine } from './parse-item-line.ts';

describe('a line names an item', () => {
	test.each([
		['12 Linen dress x2', '12', 'Linen dress', 2],
		['12 Linen dress', '12', 'Linen dress', 1],
		['  #0012   Linen dress ×3 ', '12', 'Linen dress', 3],
		['12. Linen dress', '12', 'Linen dress', 1],
		['12) Linen dress', '12', 'Linen dress', 1],
		['12 - Linen dress X 4', '12', 'Linen dress', 4],
		['12 — Linen dress', '12', 'Linen dress', 1],
		['12, Linen dress x2', '12', 'Linen dress', 2],
		['７ Tasse', '7', 'Tasse', 1],
		['๑๒ ชุดลินิน x๒', '12', 'ชุดลินิน', 2],
		['5 Poster 50x70', '5', 'Poster 50x70', 1],
		['5 Linen dress 2X', '5', 'Linen dress 2X', 1],
		['5 Linen dress 2', '5', 'Linen dress 2', 1],
		['12\tLinen dress\t2', '12', 'Linen dress', 2],
		['12\tLinen dress', '12', 'Linen dress', 1],
		['12\tLinen dress\tx2\tblue', '12', 'Linen dress', 2],
		['999999 Last one x9999', '999999', 'Last one', 9999]
	])('%j', (line, number, title, quantity) => {
		expect(parseItemLine(line)).toEqual({ ok: true, item: { number, title, quantity } });
	});
});

describe('a line that names none says what is wrong', () => {
	test.each([
		['', 'number'],
		['Linen dress', 'number'],
		['0 Linen dress', 'number'],
		['1234567 Linen dress', 'number'],
		['12.5 Linen dress', 'number'],
		['-3 Linen dress', 'number'],
		['\tLinen dress\t2', 'number'],
		['12', 'title'],
		['12 x2', 'title'],
		['12\t\t2', 'title'],
		['12 Linen dress x0', 'quantity'],
		['12 Linen dress x10000', 'quantity'],
		['12\tLinen dress\ttwo', 'quantity'],
		[`12 ${'a'.repeat(MAX_ITEM_TITLE + 1)}`, 'title_too_long']
	])('%j: %s', (line, fault) => {
		expect(parseItemLine(line)).toEqual({ ok: false, fault });
	});
});

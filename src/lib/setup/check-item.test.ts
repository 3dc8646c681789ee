import { expect, test } from 'vitest';
import { checkNumber, checkQuantity, checkTitle } from './check-item.ts';

test.each([
	['12', '12'],
	[' #0012 ', '12'],
	['๑๒', '12']
])('%j is the number %s', (typed, value) =>
	expect(checkNumber(typed)).toEqual({ ok: true, value })
);

test.each(['', '0', '1234567', '12a', '1.5', '-1'])('%j is no number', (typed) => {
	expect(checkNumber(typed).ok).toBe(false);
});

test('a title is one clean line', () => {
	expect(checkTitle('  Linen\n dress\u0000 ')).toEqual({ ok: true, value: 'Linen dress' });
	expect(checkTitle(' \u0007 ')).toEqual({ ok: false, fault: 'The title is missing.' });
	expect(checkTitle('a'.repeat(201)).ok).toBe(false);
});

test.each([
	['0', 0],
	[' 12 ', 12],
	['๒', 2],
	['9999', 9999]
])('%j is the quantity %d', (typed, value) => {
	expect(checkQuantity(typed)).toEqual({ ok: true, value });
});

test.each(['', '-1', '1.5', 'two', '10000', '99999999999'])('%j is no quantity', (typed) => {
	expect(checkQuantity(typed).ok).toBe(false);
});

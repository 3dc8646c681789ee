import { expect, test } from 'vitest';
import { nextItemNumber } from './next-number.ts';

test.each([
	[[], '1'],
	[['1', '2', '10'], '11'],
	[['12'], '13'],
	[['999999', '1', '3'], '2']
])('after %j comes %s', (taken, next) => expect(nextItemNumber(taken)).toBe(next));

test('none is left when all are taken', () => {
	const all = Array.from({ length: 999_999 }, (_, index) => String(index + 1));
	expect(nextItemNumber(all)).toBeNull();
});

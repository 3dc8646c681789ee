import { expect, test } from 'vitest';
import { isolated } from './isolated.ts';

test('a name is wrapped in marks that keep its direction to itself', () => {
	expect(isolated('اسم')).toBe('\u2068اسم\u2069');
});

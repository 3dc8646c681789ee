import { expect, test } from 'vitest';
import { backoffMs } from './scheduler.ts';

test('the first attempt is made at once', () => {
	expect(backoffMs(0, () => 0)).toBe(0);
});

test('later attempts wait twice as long each, up to ten seconds', () => {
	const waits = [1, 2, 3, 4, 5, 6, 50].map((attempt) => backoffMs(attempt, () => 0));
	expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
});

test('chance takes up to half off, so that consoles spread', () => {
	expect(backoffMs(6, () => 0.999)).toBeGreaterThanOrEqual(5_000);
	expect(backoffMs(6, () => 0.5)).toBe(7_500);
});

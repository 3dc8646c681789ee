import { expect, test } from 'vitest';
import { agoWords, shortSpan, spanWords } from './spans.ts';

test('a short span is seconds, then a stopwatch without a leading zero', () => {
	expect([shortSpan(-400), shortSpan(12_400), shortSpan(200_000), shortSpan(3_800_000)]).toEqual([
		'0s',
		'12s',
		'3:20',
		'1:03:20'
	]);
});

test('a span in words has one unit, in the singular where it is one', () => {
	expect([1_000, 59_400, 60_000, 200_000, 7_300_000].map(spanWords)).toEqual([
		'1 second',
		'59 seconds',
		'1 minute',
		'3 minutes',
		'2 hours'
	]);
});

test('what lies in the future by a clock’s error is just now', () => {
	expect(agoWords(10_500, 10_000)).toBe('just now');
	expect(agoWords(10_000, 14_000)).toBe('4 seconds ago');
});

import { expect, test } from 'vitest';
import { MAX_BUCKETS, chooseBuckets } from './summary-buckets.ts';

const MINUTE = 60_000;

test.each([
	['a rehearsal of two seconds', 2_000, 50, 40],
	['ten minutes', 10 * MINUTE, 10_000, 60],
	['an hour and a half', 90 * MINUTE, MINUTE, 90],
	['four hours', 240 * MINUTE, 5 * MINUTE, 48],
	['no time at all', 0, 10, 1]
])('%s is cut at round times', (_, spanMs, stepMs, count) => {
	expect(chooseBuckets(7, 7 + spanMs)).toEqual({ startAt: 7, stepMs, count });
});

test('a show of any length has few columns, which cover it and no column more', () => {
	for (let spanMs = 1; spanMs < 10 ** 12; spanMs = Math.ceil(spanMs * 1.37)) {
		const { stepMs, count } = chooseBuckets(0, spanMs);
		expect(count).toBeLessThanOrEqual(MAX_BUCKETS);
		expect(count * stepMs).toBeGreaterThanOrEqual(spanMs);
		expect((count - 1) * stepMs).toBeLessThan(spanMs);
	}
});

test('an end before the start, from a clock that was put back, gives one column', () => {
	expect(chooseBuckets(1_000, 400).count).toBe(1);
});

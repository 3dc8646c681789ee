import { expect, test } from 'vitest';
import { TokenBuckets } from './token-buckets.ts';

function bucketsAt(rate: { perSecond: number; burst: number }) {
	const clock = { ms: 0 };
	return { clock, buckets: new TokenBuckets(rate, () => clock.ms) };
}

/** How many of `count` are let through. */
function passed(buckets: TokenBuckets, key: string, count: number): number {
	return Array.from({ length: count }, () => buckets.take(key)).filter((wait) => wait === 0).length;
}

test('a burst passes, then the rate, and no more at any border of a second', () => {
	const { clock, buckets } = bucketsAt({ perSecond: 10, burst: 50 });
	expect(passed(buckets, 'a', 60)).toBe(50);
	let later = 0;
	for (clock.ms = 7; clock.ms <= 3_007; clock.ms += 1) later += passed(buckets, 'a', 2);
	expect(later).toBe(30);
});

test('whoever waits as long as they were told gets through, and a millisecond sooner does not', () => {
	const { clock, buckets } = bucketsAt({ perSecond: 4, burst: 1 });
	expect(buckets.take('a')).toBe(0);
	clock.ms = 100;
	const waitMs = buckets.take('a');
	expect(waitMs).toBe(150);
	clock.ms += waitMs - 1;
	expect(buckets.take('a')).toBe(1);
	clock.ms += 1;
	expect(buckets.take('a')).toBe(0);
});

test('asking in vain costs nothing, and a long rest gives no more than the burst', () => {
	const { clock, buckets } = bucketsAt({ perSecond: 1, burst: 2 });
	passed(buckets, 'a', 1_000);
	clock.ms = 1_000;
	expect(passed(buckets, 'a', 5)).toBe(1);
	clock.ms = 1_000_000;
	expect(passed(buckets, 'a', 5)).toBe(2);
});

test('one key’s storm leaves the others alone', () => {
	const { buckets } = bucketsAt({ perSecond: 1, burst: 3 });
	expect(passed(buckets, 'stormy', 1_000)).toBe(3);
	expect(passed(buckets, 'quiet', 5)).toBe(3);
});

test('two hundred thousand addresses take the room of fifty thousand, and who storms is not forgotten', () => {
	const { buckets } = bucketsAt({ perSecond: 0.001, burst: 2 });
	passed(buckets, 'stormy', 2);
	for (let n = 0; n < 200_000; n++) {
		buckets.take(`address ${n}`);
		if (n % 10_000 === 0) expect(buckets.take('stormy')).toBeGreaterThan(0);
	}
	// The first ones were forgotten: their buckets are full again. The last ones were not.
	expect(passed(buckets, 'address 0', 5)).toBe(2);
	expect(passed(buckets, 'address 199999', 5)).toBe(1);
});

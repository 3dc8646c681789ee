import { expect, test } from 'vitest';
import { OpenCounts } from './open-counts.ts';

test('a full key refuses, and one that gave back lets in again', () => {
	const counts = new OpenCounts();
	const claims = [1, 2].map(() => counts.claim({ key: 'a', limit: 2 }));
	expect(counts.claim({ key: 'a', limit: 2 })).toBeNull();
	expect(counts.claim({ key: 'b', limit: 2 })).not.toBeNull();
	claims[0]?.();
	claims[0]?.();
	expect(counts.claim({ key: 'a', limit: 2 })).not.toBeNull();
	expect(counts.claim({ key: 'a', limit: 2 })).toBeNull();
});

test('when one of several keys is full, none is counted', () => {
	const counts = new OpenCounts();
	const user = { key: 'user', limit: 2 };
	counts.claim({ key: 'workspace', limit: 1 });
	for (let n = 0; n < 10; n++)
		expect(counts.claim(user, { key: 'workspace', limit: 1 })).toBeNull();
	expect(
		[counts.claim(user), counts.claim(user), counts.claim(user)].map((c) => c !== null)
	).toEqual([true, true, false]);
});

test('keys without any are forgotten', () => {
	const counts = new OpenCounts();
	for (let n = 0; n < 1_000; n++) counts.claim({ key: `address ${n}`, limit: 1 })?.();
	expect(counts.size).toBe(0);
});

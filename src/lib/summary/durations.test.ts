import { expect, test } from 'vitest';
import { duration, share } from './durations.ts';

test.each([
	[0, '0 s'],
	[40, '40 ms'],
	[430, '0.4 s'],
	[3_000, '3 s'],
	[12_400, '12 s'],
	[59_700, '1 min'],
	[200_000, '3 min 20 s'],
	[3_899_000, '1 h 04 min'],
	[90_000_000, '25 h 00 min']
])('%i ms is written %s', (ms, text) => {
	expect(duration(ms)).toBe(text);
});

test('a share has a decimal below ten per cent, and is none of nothing', () => {
	expect([share(1, 3), share(1, 30), share(0, 5), share(0, 0)]).toEqual([
		'33 %',
		'3.3 %',
		'0 %',
		null
	]);
});

test('all and nothing are said of all and nothing alone', () => {
	expect([share(300, 300), share(299, 300), share(1, 5_000)]).toEqual(['100 %', '99 %', '0.1 %']);
});

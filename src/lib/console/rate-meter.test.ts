import { expect, test } from 'vitest';
import { RateMeter } from './rate-meter.ts';

const START = 1_760_000_000_000;

test('counts the last minute and forgets what is older', () => {
	const rate = new RateMeter(0);
	for (let second = 0; second < 60; second++) {
		rate.add(START + second * 1000);
		rate.add(START + second * 1000 + 500);
	}
	expect(rate.perMinute(START + 59_999)).toBe(120);
	expect(rate.perMinute(START + 89_999)).toBe(60);
	expect(rate.perMinute(START + 200_000)).toBe(0);
});

test('a long silence leaves nothing of the minute before it', () => {
	const rate = new RateMeter(0);
	for (let index = 0; index < 100; index++) rate.add(START);
	rate.add(START + 3_600_000);
	expect(rate.perMinute(START + 3_600_000)).toBe(1);
});

test('extrapolates while it has counted for less than a minute', () => {
	const rate = new RateMeter(START);
	for (let second = 0; second < 20; second++) rate.add(START + second * 1000);
	expect(rate.perMinute(START + 20_000)).toBe(60);
});

test('two quick comments at the start are no storm', () => {
	const rate = new RateMeter(START);
	rate.add(START);
	rate.add(START + 100);
	expect(rate.perMinute(START + 200)).toBe(12);
});

test('a late comment counts in its own second, an ancient one not at all', () => {
	const rate = new RateMeter(0);
	rate.add(START);
	rate.add(START - 10_000);
	rate.add(START - 70_000);
	expect(rate.perMinute(START)).toBe(2);
	expect(rate.perMinute(START + 55_000)).toBe(1);
});

test('a reader whose clock is behind sees the comments all the same', () => {
	const rate = new RateMeter(0);
	rate.add(START);
	expect(rate.perMinute(START - 5_000)).toBe(1);
});

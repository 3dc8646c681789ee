import { describe, expect, test } from 'vitest';
import { MIN_PAUSE_MS, chosenPace, nextPoll, retryDelay } from './pace.ts';

const PACE = { active: 2_000, quiet: 5_000 };
const usage = (percent: number, regainMs: number | null = null) => ({ percent, regainMs });

describe('the next poll', () => {
	test.each([
		[0, 2_000],
		[1, 2_000],
		[2, 2_000],
		[3, 5_000],
		[400, 5_000]
	])('after %d polls that brought nothing new is in %d ms', (quietPolls, delayMs) => {
		expect(nextPoll(PACE, quietPolls, null)).toEqual({ delayMs, limited: false });
	});

	test.each([
		[0, 2_000],
		[79.9, 2_000],
		[80, 4_000],
		[89.9, 4_000],
		[90, 8_000],
		[94.9, 8_000]
	])('with %d %% of the limit used is in %d ms', (percent, delayMs) => {
		expect(nextPoll(PACE, 0, usage(percent))).toEqual({ delayMs, limited: false });
		expect(nextPoll(PACE, 9, usage(percent)).delayMs).toBe((delayMs / 2_000) * 5_000);
	});

	test.each([
		[95, null, MIN_PAUSE_MS],
		[100, 60_000, MIN_PAUSE_MS],
		[208, 17 * 60_000, 17 * 60_000]
	])(
		'with %d %% used is after a pause, as long as the platform says (%d ms)',
		(percent, eta, delayMs) => {
			expect(nextPoll(PACE, 0, usage(percent, eta))).toEqual({ delayMs, limited: true });
		}
	);

	test('of a live that a workspace chose a pace for is never faster when it is quiet', () => {
		expect(chosenPace(PACE, null)).toEqual(PACE);
		expect(chosenPace(PACE, 3)).toEqual({ active: 3_000, quiet: 5_000 });
		expect(chosenPace(PACE, 30)).toEqual({ active: 30_000, quiet: 30_000 });
	});
});

describe('a retry', () => {
	test.each([
		[1, 500, 1_000],
		[2, 1_000, 2_000],
		[5, 8_000, 16_000],
		[7, 30_000, 60_000],
		[1_000, 30_000, 60_000]
	])('after %d failures is between %d and %d ms, by chance', (failures, least, most) => {
		expect(retryDelay(failures, () => 0)).toBe(least);
		expect(retryDelay(failures, () => 0.999_999_9)).toBe(most);
		const drawn = Array.from({ length: 50 }, () => retryDelay(failures));
		expect(drawn.every((ms) => ms >= least && ms <= most)).toBe(true);
		expect(new Set(drawn).size).toBeGreaterThan(1);
	});
});

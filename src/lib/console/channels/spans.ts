import { plural, stopwatch } from '../../ui/format.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** A span in ms where space is short: `12s`, `3:20`, `1:03:20`. Never negative: clocks differ a little. */
export function shortSpan(ms: number): string {
	return ms < MINUTE_MS
		? `${Math.max(0, Math.round(ms / 1000))}s`
		: stopwatch(ms).replace(/^0/, '');
}

/** A span in ms in words: `12 seconds`, `3 minutes`, `2 hours`. */
export function spanWords(ms: number): string {
	if (ms < MINUTE_MS) return plural(Math.max(0, Math.round(ms / 1000)), 'second');
	if (ms < HOUR_MS) return plural(Math.floor(ms / MINUTE_MS), 'minute');
	return plural(Math.floor(ms / HOUR_MS), 'hour');
}

/** `just now`, `12 seconds ago`. Both in epoch ms. */
export function agoWords(at: number, now: number): string {
	return now - at < 1_000 ? 'just now' : `${spanWords(now - at)} ago`;
}

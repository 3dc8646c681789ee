import type { Usage } from './meta/usage.ts';

/** From here on the limit is near enough to tell the operator (percent of the platform's limit). */
export const WARN_PERCENT = 75;
const SLOW_PERCENT = 80;
const CRAWL_PERCENT = 90;
const PAUSE_PERCENT = 95;
/** Shortest pause once the limit is (nearly) reached, PLATFORMS 1.9. */
export const MIN_PAUSE_MS = 5 * 60_000;
/** Polls without a new comment until the audience counts as quiet. */
const QUIET_POLLS = 3;

const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 60_000;

export type PollPace = { readonly active: number; readonly quiet: number };

/** The pace that a workspace chose, in place of the server's own; a quiet audience never makes it faster. */
export function chosenPace(pace: PollPace, seconds: number | null): PollPace {
	if (seconds === null) return pace;
	const active = seconds * 1_000;
	return { active, quiet: Math.max(active, pace.quiet) };
}

/** How long until the next poll, and whether the limit is what makes us wait. */
export type NextPoll = { readonly delayMs: number; readonly limited: boolean };

/**
 * When to poll again after a poll that succeeded. Follows the audience (`quietPolls`: polls in a row that
 * brought nothing new) and the platform's own word of how much of its limit is used: twice as slow from
 * 80 %, four times from 90 %, a pause from 95 % (PLATFORMS 1.9).
 */
export function nextPoll(pace: PollPace, quietPolls: number, usage: Usage | null): NextPoll {
	const base = quietPolls >= QUIET_POLLS ? pace.quiet : pace.active;
	const percent = usage?.percent ?? 0;
	if (percent >= PAUSE_PERCENT) {
		return { delayMs: Math.max(usage?.regainMs ?? 0, MIN_PAUSE_MS), limited: true };
	}
	if (percent >= CRAWL_PERCENT) return { delayMs: base * 4, limited: false };
	return { delayMs: percent >= SLOW_PERCENT ? base * 2 : base, limited: false };
}

/** Growing pauses with jitter, so that many channels do not come back all at once. `random` in [0, 1). */
export function retryDelay(failures: number, random: () => number = Math.random): number {
	const full = Math.min(RETRY_FIRST_MS * 2 ** Math.max(0, failures - 1), RETRY_MAX_MS);
	return Math.round(full / 2 + (full / 2) * random());
}

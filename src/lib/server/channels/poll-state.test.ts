import { describe, expect, test } from 'vitest';
import { FIRST_POLL, planRead, tokenName } from './poll-state.ts';
import type { PollState } from './poll-state.ts';

const NOW = 1_760_000_000_000;
const STARTED = NOW - 600_000;
const about = { now: NOW, showStartedAt: STARTED };
const state = (changes: Partial<PollState>): PollState => ({ ...FIRST_POLL, ...changes });

describe('a read begins', () => {
	test('with the show, the first time', () => {
		expect(planRead(FIRST_POLL, about)).toEqual({ since: STARTED, after: null, deep: true });
		expect(planRead(FIRST_POLL, { now: NOW, showStartedAt: null }).since).toBeNull();
	});

	test('five seconds before the cursor, and two minutes before it once a minute', () => {
		const since = NOW - 10_000;
		expect(planRead(state({ since, deepAt: NOW - 59_999 }), about)).toEqual({
			since: since - 5_000,
			after: null,
			deep: false
		});
		expect(planRead(state({ since, deepAt: NOW - 60_000 }), about)).toEqual({
			since: since - 120_000,
			after: null,
			deep: true
		});
	});

	test('behind the page cap where the last one stopped, with the time that its cursor is for', () => {
		const rest = { after: 'cursor', since: NOW - 99_000 };
		expect(planRead(state({ since: NOW, rest, deepAt: 0 }), about)).toEqual({
			...rest,
			deep: false
		});
		expect(planRead(state({ rest: { after: 'cursor', since: null } }), about).since).toBeNull();
	});
});

test('a token is named by its connection too: that of a new connection is another one', () => {
	const names = [tokenName('a', 1), tokenName('a', 2), tokenName('b', 1)];
	expect(new Set(names).size).toBe(3);
});

import { describe, expect, test } from 'vitest';
import { chosenPace, nextPoll } from './pace.ts';

const SERVER = { active: 2_000, quiet: 5_000 };

describe('chosenPace', () => {
	test('is the server’s own while the workspace chose none', () => {
		expect(chosenPace(SERVER, null)).toEqual(SERVER);
	});

	test('takes the place of the active pace; a quiet audience is read no faster than that', () => {
		expect(chosenPace(SERVER, 3)).toEqual({ active: 3_000, quiet: 5_000 });
		expect(chosenPace(SERVER, 10)).toEqual({ active: 10_000, quiet: 10_000 });
	});

	test('never hurries past what the platform allows', () => {
		const usage = { percent: 92, regainMs: null };
		expect(nextPoll(chosenPace(SERVER, 4), 0, usage).delayMs).toBe(16_000);
	});
});

import { expect, test } from 'vitest';
import { pathFigures, pollWords } from './paths.ts';

const NOW = 1_760_000_000_000;

function figures(comments: number, poll: number, stream: number, webhook: number) {
	return {
		comments,
		byPath: { poll, stream, webhook },
		polledAt: null,
		nextPollAt: null,
		streamOpen: false
	};
}

test('each way says what it alone would have missed', () => {
	const paths = pathFigures({ platform: 'facebook', figures: figures(10, 7, 10, 0) }, 'facebook');
	expect(paths.map(({ brought, missed }) => [brought, missed])).toEqual([
		[7, 3],
		[10, 0],
		[0, 10]
	]);
	expect(paths.map(({ words }) => words)).toEqual([
		'Polling alone would have missed 3.',
		'The live stream alone would have missed nothing.',
		'Webhooks alone would have missed all 10.'
	]);
});

test('counters that were read a moment apart give no negative loss', () => {
	const [poll] = pathFigures({ platform: 'facebook', figures: figures(4, 5, 0, 0) }, 'facebook');
	expect(poll?.missed).toBe(0);
});

test('only ways that exist are listed', () => {
	const instagram = { platform: 'instagram', figures: figures(1, 0, 0, 1) } as const;
	expect(pathFigures(instagram, 'facebook').map(({ path }) => path)).toEqual(['poll', 'webhook']);
	expect(pathFigures(instagram, 'instagram').map(({ path }) => path)).toEqual(['webhook']);
});

test('polls are told by how long ago and how soon', () => {
	const on = { now: NOW, login: 'facebook', isOn: true } as const;
	const polled = { polledAt: NOW - 3_000, nextPollAt: NOW + 2_000 };
	expect(pollWords(polled, on)).toBe('Polled 3 seconds ago, next in 2 seconds.');
	expect(pollWords({ ...polled, nextPollAt: NOW - 400 }, on)).toBe(
		'Polled 3 seconds ago, the next poll is due.'
	);
	expect(pollWords({ polledAt: null, nextPollAt: 0 }, on)).toBe(
		'Not polled yet, the next poll is due.'
	);
	expect(pollWords({ ...polled, nextPollAt: null }, on)).toContain('No next poll is planned');
	expect(pollWords(polled, { ...on, isOn: false })).toBe('Polled 3 seconds ago.');
	expect(pollWords(polled, { ...on, login: 'instagram' })).toContain('webhooks alone');
});

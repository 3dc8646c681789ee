import { expect, test } from 'vitest';
import { markWords, pausesOf } from './marks.ts';

test('a pause lasts until the show goes on or ends, or until the end of the log', () => {
	const marks = [
		{ kind: 'started', at: 0 },
		{ kind: 'paused', at: 10 },
		{ kind: 'resumed', at: 20 },
		{ kind: 'shown', at: 25, item: '1', title: 'Hat' },
		{ kind: 'paused', at: 30 },
		{ kind: 'ended', at: 40 },
		{ kind: 'reopened', at: 50 },
		{ kind: 'paused', at: 60 }
	] as const;
	expect(pausesOf(marks, 100)).toEqual([
		{ from: 10, to: 20 },
		{ from: 30, to: 40 },
		{ from: 60, to: 100 }
	]);
});

test('marks are told in words', () => {
	expect(markWords({ kind: 'paused', at: 0 })).toBe('Paused');
	expect(markWords({ kind: 'shown', at: 0, item: '7', title: 'Mug' })).toBe('Item 7 shown: Mug');
	expect(markWords({ kind: 'sold_out', at: 0, item: '7', title: '' })).toBe('Item 7 sold out');
});

import { expect, test } from 'vitest';
import {
	MAX_RETENTION_DAYS,
	MIN_RETENTION_DAYS
} from '../server/history/redaction/retention-due.ts';
import { MAX_DAYS, MIN_DAYS, parseDays, removalSentence, removesMore } from './retention.ts';

test('the page has the bounds of the server', () => {
	expect([MIN_DAYS, MAX_DAYS]).toEqual([MIN_RETENTION_DAYS, MAX_RETENTION_DAYS]);
});

test.each([
	...[['1', 1] as const, [' 90 ', 90] as const, ['3650', 3_650] as const],
	...[['0', null] as const, ['3651', null] as const, ['', null] as const],
	...[
		['-3', null] as const,
		['1.5', null] as const,
		['1e2', null] as const,
		['9'.repeat(20), null] as const
	]
])('%j days are %j', (text, days) => {
	expect(parseDays(text)).toBe(days);
});

test('only what removes more wants a confirmation', () => {
	expect(removesMore(30, null)).toBe(true);
	expect(removesMore(30, 90)).toBe(true);
	expect(removesMore(90, 30)).toBe(false);
	expect(removesMore(30, 30)).toBe(false);
	expect(removesMore(null, 30)).toBe(false);
});

test('what would go is said with its numbers', () => {
	expect(removalSentence({ comments: 1_200, people: 1, shows: 2 })).toBe(
		'This would remove the words of 1,200 comments of 1 person in 2 shows now.'
	);
	expect(removalSentence({ comments: 0, people: 0, shows: 0 })).toBe(
		'No comment is old enough to be removed now.'
	);
});

import { describe, expect, test } from 'vitest';
import { checkedWords, healthBadge, kindWords, webhookWords } from './connection-words.ts';

const NOW = 1_760_000_000_000;
const MINUTE = 60_000;
const DAY = 86_400_000;

describe('the badge', () => {
	const labelOf = (health: Parameters<typeof healthBadge>[0]['health'], expiresAt: number | null) =>
		healthBadge({ health, expiresAt }, NOW).label;

	test('has words for every state', () => {
		expect(labelOf('ok', NOW + DAY)).toBe('OK');
		expect(labelOf('degraded', null)).toBe('Something is missing');
		expect(labelOf('needs_reauth', null)).toBe('Needs reconnecting');
		expect(labelOf('unknown', null)).toBe('Not checked yet');
	});

	test('counts whole days until access ends, never one too many', () => {
		expect(labelOf('expiring', NOW + 13 * DAY - 1)).toBe('Access ends in 12 days');
		expect(labelOf('expiring', NOW + DAY)).toBe('Access ends in 1 day');
		expect(labelOf('expiring', NOW + DAY - 1)).toBe('Access ends within a day');
		expect(labelOf('expiring', null)).toBe('Access ends soon');
	});

	test('says when access is over, and is red then', () => {
		expect(healthBadge({ health: 'expiring', expiresAt: NOW }, NOW)).toEqual({
			tone: 'sold',
			label: 'Access has ended'
		});
	});
});

test.each([
	[0, 'Checked just now'],
	[-5_000, 'Checked just now'],
	[MINUTE, 'Checked 1 minute ago'],
	[3 * MINUTE + 59_999, 'Checked 3 minutes ago'],
	[60 * MINUTE, 'Checked 1 hour ago'],
	[47 * 60 * MINUTE, 'Checked 47 hours ago'],
	[3 * DAY, 'Checked 3 days ago']
])('an age of %d ms: %s', (age, words) => {
	expect(checkedWords(NOW - age, NOW)).toBe(words);
});

test('an Instagram account says whether it came through a Page', () => {
	expect(kindWords({ platform: 'instagram', login: 'facebook' })).toContain('through its Facebook');
	expect(kindWords({ platform: 'instagram', login: 'instagram' })).toContain('without a Page');
});

test('without webhooks comments are fetched, but not by Instagram’s own login, and by no dead access', () => {
	const off = { webhooks: false, health: 'ok' } as const;
	expect(webhookWords({ ...off, login: 'facebook' })).toContain('fetched every few seconds');
	expect(webhookWords({ ...off, login: 'instagram' })).toContain('no comments arrive');
	expect(webhookWords({ ...off, health: 'needs_reauth', login: 'facebook' })).toBe('Webhooks off');
});

import { describe, expect, test } from 'vitest';
import { groupChoices, loginOf, nameSome, preselected } from './group-choices.ts';
import type { AccountChoice } from './group-choices.ts';

const choice = (key: string, more: Partial<AccountChoice> = {}): AccountChoice => ({
	key,
	platform: key.startsWith('facebook') ? 'facebook' : 'instagram',
	name: key,
	connected: false,
	usable: true,
	missing: [],
	...more
});

test('a Page and its account stand together, an account without one alone', () => {
	const accounts = ['facebook:1', 'instagram:11', 'facebook:2', 'facebook:3', 'instagram:33'];
	const groups = groupChoices(accounts.map((key) => choice(key)));
	expect(groups.map((group) => group.map(({ key }) => key))).toEqual([
		['facebook:1', 'instagram:11'],
		['facebook:2'],
		['facebook:3', 'instagram:33']
	]);
	expect(groupChoices([choice('instagram:9')])).toHaveLength(1);
	expect(groupChoices([])).toEqual([]);
});

describe('ticked at first', () => {
	const fresh = choice('facebook:1');
	const connected = choice('facebook:2', { connected: true });
	const useless = choice('facebook:3', { usable: false });

	test('is what is new, when the seller came to connect', () => {
		expect(preselected([fresh, connected, useless], false)).toEqual([fresh.key]);
	});

	test('is what is connected, when the seller came to renew it', () => {
		expect(preselected([fresh, connected, useless], true)).toEqual([connected.key]);
	});

	test('is everything usable, when nothing is of the expected kind', () => {
		expect(preselected([connected, useless], false)).toEqual([connected.key]);
		expect(preselected([fresh, useless], true)).toEqual([fresh.key]);
		expect(preselected([useless], true)).toEqual([]);
	});
});

test('accounts without any Page came by Instagram’s own login', () => {
	expect(loginOf([choice('instagram:9')])).toBe('instagram');
	expect(loginOf([choice('facebook:1'), choice('instagram:9')])).toBe('facebook');
	expect(loginOf([])).toBe('facebook');
});

test('of many names the first few stand for all', () => {
	expect(nameSome(['A', 'B'])).toBe('A, B');
	expect(nameSome(['A', 'B', 'C', 'D', 'E', 'F', 'G'])).toBe('A, B, C, D, E and 2 more');
});

import { expect, test } from 'vitest';
import { authorName, noClaimWords, ownMark } from './comment-author.ts';

test('an author without a name is an unknown viewer', () => {
	expect(authorName('')).toBe('Unknown viewer');
	expect(authorName('mia.lee')).toBe('mia.lee');
});

test('a comment says why it claims nothing by itself', () => {
	const platform = 'facebook';
	expect(noClaimWords({ platform, userId: 'u1', fromPage: false })).toBeNull();
	expect(noClaimWords({ platform, userId: null, fromPage: false })).toBe(
		'Facebook did not say who wrote this, so it claims nothing by itself.'
	);
	expect(noClaimWords({ platform, userId: 'page-1', fromPage: true })).toBe(
		'Your page wrote this, so it claims nothing by itself.'
	);
});

test('Instagram has accounts, not pages', () => {
	expect([ownMark('facebook'), ownMark('instagram')]).toEqual(['Your page', 'Your account']);
});

import { expect, test } from 'vitest';
import { authorName, noClaimReason, noClaimWords, ownMark } from './comment-author.ts';

test('an author without a name is an unknown viewer', () => {
	expect(authorName('')).toBe('Unknown viewer');
	expect(authorName('mia.lee')).toBe('mia.lee');
});

test('a comment says why it claims nothing by itself', () => {
	const platform = 'facebook';
	expect(noClaimReason({ userId: 'u1', fromPage: false })).toBeNull();
	expect(noClaimWords({ platform, userId: 'u1', fromPage: false })).toBeNull();
	expect(noClaimWords({ platform, userId: null, fromPage: false })).toBe(
		'Facebook did not say who wrote this, so it claims nothing by itself.'
	);
	expect(noClaimWords({ platform, userId: 'page-1', fromPage: true })).toBe(
		'Your page wrote this, so it claims nothing by itself.'
	);
});

test('the seller’s own comment is that, even when its id is missing', () => {
	expect(noClaimReason({ userId: null, fromPage: true })).toBe('own_page');
});

test('Instagram has accounts, not pages', () => {
	expect([ownMark('facebook'), ownMark('instagram')]).toEqual(['Your page', 'Your account']);
});

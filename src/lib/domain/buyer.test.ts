import { describe, expect, test } from 'vitest';
import { handleOf, noClaimReason } from './buyer.ts';

describe('what somebody is called', () => {
	const author = { userId: '24061987000482913', handle: '', displayName: null };

	test('by the handle, as it is', () => {
		expect(handleOf({ ...author, handle: ' @ana ', displayName: 'Ana' })).toBe(' @ana ');
	});

	test.each(['', ' ', '\t', '\u200b\u2060'])('a handle %j is none: then by the name', (handle) => {
		expect(handleOf({ ...author, handle, displayName: 'Ana Ruiz' })).toBe('Ana Ruiz');
	});

	test('else by the end of the id, by which two of them differ', () => {
		expect(handleOf(author)).toBe('Viewer …482913');
		expect(handleOf({ ...author, displayName: '\u200b' })).toBe('Viewer …482913');
		expect(handleOf({ ...author, userId: 'u1' })).toBe('Viewer u1');
	});
});

test('the seller’s own comment is that, even when its id is missing', () => {
	expect(noClaimReason({ userId: null, fromPage: true })).toBe('own_page');
	expect(noClaimReason({ userId: null, fromPage: false })).toBe('author_unknown');
	expect(noClaimReason({ userId: 'u1', fromPage: false })).toBeNull();
});

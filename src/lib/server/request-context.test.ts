import { expect, test } from 'vitest';
import type { Member } from './auth/member.ts';
import { keepPrivate } from './request-context.ts';

const MEMBER: Member = {
	userId: 'u1',
	name: 'Ana',
	email: 'ana@example.com',
	sessionId: 'a'.repeat(40),
	expiresAt: new Date(0),
	fresh: false,
	workspace: { id: 'w1', name: 'Shop', timeZone: 'UTC' },
	role: 'viewer'
};

test.each([
	['a member’s page', MEMBER, null, 'private, no-store'],
	['what says so itself', MEMBER, 'no-store', 'no-store'],
	['a page for everybody', null, null, null]
])('%s', (_, member, before, after) => {
	const headers = new Headers(before === null ? {} : { 'cache-control': before });
	keepPrivate(headers, member);
	expect(headers.get('cache-control')).toBe(after);
});

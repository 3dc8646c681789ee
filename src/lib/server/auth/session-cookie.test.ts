import { describe, expect, test } from 'vitest';
import { cookieAttributes, isInsecureOrigin, readSessionCookie } from './session-cookie.ts';

const sessionId = 'a2b3c4d5e6f7abcdefghijklmnopqrstuvwxyz23';

describe('the session cookie', () => {
	test('is HttpOnly, SameSite=Lax and for the whole site', () => {
		const attributes = cookieAttributes({ environment: 'production', origin: 'https://a.example' });
		expect(attributes).toEqual({ httpOnly: true, sameSite: 'lax', secure: true, path: '/' });
	});

	test.each([
		['production', 'https://app.example.com', true],
		['production', 'http://app.example.com', true],
		['production', 'http://192.168.1.5:3000', true],
		['production', 'http://localhost.evil.example', true],
		['production', 'https://localhost:3000', true],
		['production', 'http://localhost:3000', false],
		['production', 'http://127.0.0.1:3000', false],
		['production', 'http://[::1]:3000', false],
		['production', 'http://demo.localhost:3000', false],
		['development', null, false],
		['development', 'http://localhost:5173', false]
	] as const)('in %s behind %s: Secure %s', (environment, origin, secure) => {
		expect(cookieAttributes({ environment, origin }).secure).toBe(secure);
	});

	test('plain http on another machine is called insecure', () => {
		const production = { environment: 'production' } as const;
		expect(isInsecureOrigin({ ...production, origin: 'http://app.example.com' })).toBe(true);
		expect(isInsecureOrigin({ ...production, origin: 'https://app.example.com' })).toBe(false);
		expect(isInsecureOrigin({ ...production, origin: 'http://localhost:3000' })).toBe(false);
	});
});

describe('readSessionCookie', () => {
	test('finds the session among other cookies', () => {
		expect(readSessionCookie(`theme=dark; sellary_session=${sessionId}; x=1`)).toBe(sessionId);
	});

	test.each([
		['no header', undefined],
		['other cookies', 'theme=dark'],
		['a cookie whose name only ends alike', `x_sellary_session=${sessionId}`],
		['an empty value', 'sellary_session='],
		['a value that is no session id', "sellary_session=' or 1=1 --"],
		['a value of another length', `sellary_session=${sessionId}a`],
		['a name without a value', 'sellary_session']
	])('is null for %s', (_, header) => {
		expect(readSessionCookie(header)).toBeNull();
	});
});

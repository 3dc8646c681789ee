import { describe, expect, test } from 'vitest';
import { isForeignRequest, isOwnUpgrade } from './request-origin.ts';

const own = 'https://app.example.com';
const request = { method: 'POST', origin: own, hasCookie: true, ownOrigin: own };

describe('a request over HTTP', () => {
	test('from our own pages passes', () => {
		expect(isForeignRequest(request)).toBe(false);
	});

	test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'PURGE'])(
		'%s from another site is foreign',
		(method) => {
			const origin = 'https://evil.example';
			expect(isForeignRequest({ ...request, method, origin })).toBe(true);
			expect(isForeignRequest({ ...request, method, origin, hasCookie: false })).toBe(true);
		}
	);

	test.each([
		['another scheme', 'http://app.example.com'],
		['another port', 'https://app.example.com:8443'],
		['a subdomain', 'https://x.app.example.com'],
		['our name as a prefix', 'https://app.example.com.evil.example'],
		['a sandboxed frame', 'null']
	])('from %s is foreign', (_, origin) => {
		expect(isForeignRequest({ ...request, origin })).toBe(true);
	});

	test('without an Origin passes only when it brings no cookie', () => {
		expect(isForeignRequest({ ...request, origin: null })).toBe(true);
		expect(isForeignRequest({ ...request, origin: null, hasCookie: false })).toBe(false);
	});

	test.each(['GET', 'HEAD', 'OPTIONS'])('%s changes nothing and passes', (method) => {
		expect(isForeignRequest({ ...request, method, origin: 'https://evil.example' })).toBe(false);
	});
});

describe('a WebSocket upgrade', () => {
	test('must come from the configured origin', () => {
		const facts = { host: 'app.example.com', configured: own };
		expect(isOwnUpgrade({ ...facts, origin: own })).toBe(true);
		expect(isOwnUpgrade({ ...facts, origin: 'http://app.example.com' })).toBe(false);
		expect(isOwnUpgrade({ ...facts, origin: 'https://evil.example' })).toBe(false);
	});

	test('reads a configured origin with a slash or a path as its origin', () => {
		expect(isOwnUpgrade({ origin: own, host: undefined, configured: `${own}/` })).toBe(true);
	});

	test('must match the host it goes to when no origin is configured', () => {
		const facts = { host: 'localhost:5173', configured: null };
		expect(isOwnUpgrade({ ...facts, origin: 'http://localhost:5173' })).toBe(true);
		expect(isOwnUpgrade({ ...facts, origin: 'https://localhost:5173' })).toBe(true);
		expect(isOwnUpgrade({ ...facts, origin: 'http://localhost:9999' })).toBe(false);
		expect(isOwnUpgrade({ ...facts, origin: 'http://evil.example' })).toBe(false);
	});

	test('without Origin or Host is refused', () => {
		expect(isOwnUpgrade({ origin: undefined, host: 'localhost', configured: null })).toBe(false);
		expect(isOwnUpgrade({ origin: 'http://localhost', host: undefined, configured: null })).toBe(
			false
		);
		expect(isOwnUpgrade({ origin: undefined, host: 'localhost', configured: own })).toBe(false);
	});
});

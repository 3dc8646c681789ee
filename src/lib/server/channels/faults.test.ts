import { describe, expect, test } from 'vitest';
import { CHANNEL_REASONS } from '../../domain/events.ts';
import { channelFault } from './faults.ts';
import { MetaError, classifyCode } from './meta/errors.ts';
import type { MetaErrorFacts } from './meta/errors.ts';
import { MIN_PAUSE_MS } from './pace.ts';

/** The fault of an error with this code, as the first failure in a row. */
function faultOf(code: number, facts: MetaErrorFacts = {}, failures = 1) {
	const { subcode = null } = facts;
	const kind = classifyCode(code, subcode);
	return channelFault(new MetaError(kind, 'a test', { code, ...facts }), failures);
}

describe('what a failed read means', () => {
	test.each([102, 190])(
		'code %d: the token died, and nothing is tried until there is another',
		(code) => {
			expect(faultOf(code)).toMatchObject({
				status: 'disconnected',
				reason: 'needs_reauth',
				retryMs: null,
				tokenDied: true,
				checkStatus: false
			});
		}
	);

	test.each([10, 200, 299])('code %d: a permission is missing; the token stays', (code) => {
		expect(faultOf(code, { status: 403 })).toMatchObject({
			status: 'degraded',
			reason: 'permission',
			retryMs: 60_000,
			tokenDied: false
		});
	});

	test.each([4, 17, 32, 613, 80001, 80002])('code %d: a throttle', (code) => {
		expect(faultOf(code)).toMatchObject({
			status: 'degraded',
			reason: 'throttled',
			retryMs: MIN_PAUSE_MS,
			tokenDied: false
		});
		expect(faultOf(code, { retryAfterMs: 1_000 }).retryMs).toBe(MIN_PAUSE_MS);
		expect(faultOf(code, { retryAfterMs: 17 * 60_000 }).retryMs).toBe(17 * 60_000);
	});

	test.each([341, 368])('code %d: blocked for long', (code) => {
		expect(faultOf(code)).toMatchObject({ status: 'degraded', retryMs: 30 * 60_000 });
	});

	test('code 803: no such id; nothing is tried until somebody does something', () => {
		expect(faultOf(803)).toMatchObject({
			status: 'disconnected',
			reason: 'not_found',
			retryMs: null,
			tokenDied: false
		});
	});

	test('code 100, with or without 33, says only that the status is worth a look', () => {
		expect(faultOf(100)).toMatchObject({ reason: 'platform', checkStatus: true });
		expect(faultOf(100, { subcode: 33 })).toMatchObject({ reason: 'not_found', checkStatus: true });
		expect(faultOf(100).status).not.toBe('ended');
	});

	test('a passing disturbance is shown from the third time on', () => {
		expect([1, 2, 3, 9].map((failures) => faultOf(2, {}, failures).status)).toEqual([
			'connected',
			'connected',
			'degraded',
			'degraded'
		]);
	});

	test('no fault ends a live, and each tells the operator something', () => {
		for (const code of [1, 2, 4, 10, 100, 102, 190, 200, 341, 368, 613, 803, 12_345]) {
			const fault = faultOf(code);
			expect(fault.status).not.toBe('ended');
			expect(CHANNEL_REASONS).toContain(fault.reason);
			expect(fault.detail).toMatch(/\.$/);
		}
	});
});

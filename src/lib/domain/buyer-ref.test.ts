import { describe, expect, test } from 'vitest';
import { buyerRef, parseBuyerRef } from './buyer-ref.ts';

describe('a buyer in an address', () => {
	test.each([
		'facebook:102',
		'manual:ana / ../..?x=1#y',
		'manual:مريم 🎀 <b>',
		'manual:\u202eevil',
		'manual:\ufeffbom',
		`instagram:${'9'.repeat(200)}`
	])('%j comes back as it was, and needs no escaping', (key) => {
		expect(buyerRef(key)).toMatch(/^[A-Za-z0-9_-]+$/);
		expect(parseBuyerRef(buyerRef(key))).toBe(key);
	});

	test('two buyers never share one', () => {
		expect(buyerRef('manual:ana')).not.toBe(buyerRef('manual:Ana'));
	});

	test.each(['', '=', 'a', 'ZmE=', '%2e', '../x', '_w', 'ZmFjZWJvb2s6MQx', 'x'.repeat(2_000)])(
		'%j is none',
		(text) => {
			expect(parseBuyerRef(text)).toBeNull();
		}
	);
});

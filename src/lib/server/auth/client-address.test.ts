import { describe, expect, test } from 'vitest';
import { addressGroup, clientAddress } from './client-address.ts';

describe('clientAddress', () => {
	test('is the peer when no proxy is trusted', () => {
		expect(clientAddress({ peer: '203.0.113.7', forwarded: null })).toBe('203.0.113.7');
	});

	test('is the last forwarded address: the ones before it are what the client claims', () => {
		const forwarded = '10.9.9.9, 198.51.100.4';
		expect(clientAddress({ peer: '10.0.0.1', forwarded })).toBe('198.51.100.4');
	});

	test('is the peer when the header holds no address', () => {
		expect(clientAddress({ peer: '10.0.0.1', forwarded: 'unknown' })).toBe('10.0.0.1');
		expect(clientAddress({ peer: undefined, forwarded: '' })).toBe('unknown');
	});
});

describe('addressGroup', () => {
	test.each([
		['203.0.113.7', '203.0.113.7'],
		['::ffff:203.0.113.7', '203.0.113.7'],
		['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
		['2001:db8:1:2::1', '2001:db8:1:2::/64'],
		['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
		['2001:db8::1', '2001:db8:0:0::/64'],
		['::1', '0:0:0:0::/64'],
		['fe80::1%eth0', 'fe80:0:0:0::/64'],
		['unknown', 'unknown']
	])('%s counts as %s', (address, group) => {
		expect(addressGroup(address)).toBe(group);
	});
});

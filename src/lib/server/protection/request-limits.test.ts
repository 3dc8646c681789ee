import { describe, expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import { RequestLimits } from './request-limits.ts';
import type { CallKind, Caller } from './request-limits.ts';

const LIMITS = {
	memberCallsPerSecond: 10,
	addressRequestsPerSecond: 20,
	addressSockets: 30,
	workspaceSockets: 40
};

const caller = (userId: string, workspace: string): Caller => ({
	userId,
	workspace: { id: workspace }
});

function limitsAt() {
	const clock = { ms: 0 };
	return { clock, limits: new RequestLimits(LIMITS, () => clock.ms) };
}

/** How many of `count` are let through. */
function passed(count: number, admit: () => void): number {
	let admitted = 0;
	for (let n = 0; n < count; n++) {
		try {
			admit();
			admitted++;
		} catch (error) {
			if (!(error instanceof AppError) || error.code !== 'RATE_LIMITED') throw error;
		}
	}
	return admitted;
}

const calls = (limits: RequestLimits, who: Caller, kind: CallKind, count: number): number =>
	passed(count, () => limits.admitCall(who, kind));

describe('a member', () => {
	test('has five seconds’ worth of calls at once, then the rate; half of it for changes', () => {
		const { clock, limits } = limitsAt();
		const ana = caller('ana', 'w1');
		expect(calls(limits, ana, 'query', 1_000)).toBe(50);
		expect(calls(limits, ana, 'mutation', 1_000)).toBe(25);
		clock.ms = 1_000;
		expect(calls(limits, ana, 'query', 1_000)).toBe(10);
		expect(calls(limits, ana, 'mutation', 1_000)).toBe(5);
	});

	test('is told when to come back, and may then', () => {
		const { clock, limits } = limitsAt();
		const ana = caller('ana', 'w1');
		calls(limits, ana, 'mutation', 25);
		expect(() => limits.admitCall(ana, 'mutation')).toThrow(
			expect.objectContaining({ code: 'RATE_LIMITED', details: { retryAfterSeconds: 1 } })
		);
		clock.ms = 1_000;
		expect(() => limits.admitCall(ana, 'mutation')).not.toThrow();
	});

	test('of two workspaces has the rate in each', () => {
		const { limits } = limitsAt();
		expect(calls(limits, caller('ana', 'w1'), 'query', 100)).toBe(50);
		expect(calls(limits, caller('ana', 'w2'), 'query', 100)).toBe(50);
	});
});

describe('a workspace', () => {
	test('has five times as much as a member, however many members it has', () => {
		const { limits } = limitsAt();
		let total = 0;
		for (let n = 0; n < 20; n++) total += calls(limits, caller(`m${n}`, 'w1'), 'query', 100);
		expect(total).toBe(250);
	});

	test('whose storm is refused takes nothing from another one', () => {
		const { limits } = limitsAt();
		for (let n = 0; n < 20; n++) calls(limits, caller(`m${n}`, 'stormy'), 'mutation', 1_000);
		expect(calls(limits, caller('bo', 'quiet'), 'mutation', 25)).toBe(25);
	});

	test('isn’t charged for calls that its member’s own limit refuses', () => {
		const { limits } = limitsAt();
		calls(limits, caller('stormy', 'w1'), 'query', 10_000);
		expect(calls(limits, caller('quiet', 'w1'), 'query', 50)).toBe(50);
	});
});

describe('an address', () => {
	test('is an IPv4 address, or the network that one household has of IPv6', () => {
		const { limits } = limitsAt();
		const requests = (address: string) => passed(1_000, () => limits.admitRequest(address));
		expect(requests('192.0.2.1')).toBe(100);
		expect(requests('::ffff:192.0.2.1')).toBe(0);
		expect(requests('192.0.2.2')).toBe(100);
		expect(requests('2001:db8:1:2::1')).toBe(100);
		expect(requests('2001:db8:1:2:ffff::9')).toBe(0);
		expect(requests('2001:db8:1:3::1')).toBe(100);
	});

	test('has a fifth of the rate for who is signed out, and room for all its consoles to come back', () => {
		const { clock, limits } = limitsAt();
		const signedOut = () => passed(1_000, () => limits.admitSignedOut('192.0.2.1'));
		expect(signedOut()).toBe(40);
		clock.ms = 1_000;
		expect(signedOut()).toBe(4);
		expect(passed(1_000, () => limits.admitUpgrade('192.0.2.1'))).toBe(30);
	});
});

test('each refusal is told with the name of the limit', () => {
	const told: string[] = [];
	const limits = new RequestLimits(
		LIMITS,
		() => 0,
		(limiter) => told.push(limiter)
	);
	const ana = caller('ana', 'w1');
	expect(calls(limits, ana, 'query', 52)).toBe(50);
	expect(told).toEqual(['calls-of-member', 'calls-of-member']);
	passed(1_000, () => limits.admitRequest('198.51.100.7'));
	passed(1_000, () => limits.admitSignedOut('198.51.100.7'));
	passed(1_000, () => limits.admitUpgrade('198.51.100.7'));
	for (let n = 0; n < 20; n++) calls(limits, caller(`u${n}`, 'w1'), 'query', 50);
	expect(new Set(told)).toEqual(
		new Set([
			'calls-of-member',
			'requests-of-address',
			'requests-signed-out',
			'sockets-of-address',
			'calls-of-workspace'
		])
	);
});

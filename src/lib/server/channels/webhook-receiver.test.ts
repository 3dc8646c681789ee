import { describe, expect, test, vi } from 'vitest';
import { pino } from 'pino';
import { settingsFor } from './meta/http-server-fixture.ts';
import { signWebhook } from './meta/signature.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

const BODY = Buffer.from('{"object":"page","entry":[]}');
const SIGNATURE = signWebhook(BODY, 'test_app_secret');
const settings = settingsFor('http://127.0.0.1:9');

function receiver(enqueue: (rawText: string) => Promise<void> = () => Promise.resolve()) {
	const stored = vi.fn(enqueue);
	const logger = pino({ level: 'silent' });
	const warn = vi.spyOn(logger, 'warn');
	return { receiver: new WebhookReceiver({ settings, enqueue: stored, logger }), stored, warn };
}

const bodyOf = (bytes: Uint8Array | null) => () => Promise.resolve(bytes);

describe('a delivery', () => {
	test('that is signed is stored as text', async () => {
		const { receiver: one, stored } = receiver();
		expect(await one.receive(SIGNATURE, bodyOf(BODY))).toBe('accepted');
		expect(stored.mock.calls).toEqual([[BODY.toString()]]);
	});

	test.each([
		['no signature', null],
		['half a signature', SIGNATURE.slice(0, 30)],
		['the legacy one', `sha1=${'ab'.repeat(20)}`],
		['upper case', SIGNATURE.toUpperCase()]
	])('with %s is refused unread', async (_, signature) => {
		const { receiver: one, stored } = receiver();
		const readBody = vi.fn(bodyOf(BODY));
		expect(await one.receive(signature, readBody)).toBe('forged');
		expect(readBody).not.toHaveBeenCalled();
		expect(stored).not.toHaveBeenCalled();
	});

	test('with another’s signature, or a body that is too large, is refused', async () => {
		const { receiver: one, stored } = receiver();
		const wrong = signWebhook(BODY, 'another secret');
		expect(await one.receive(wrong, bodyOf(BODY))).toBe('forged');
		expect(await one.receive(SIGNATURE, bodyOf(null))).toBe('forged');
		expect(await one.receive(SIGNATURE, bodyOf(BODY.subarray(1)))).toBe('forged');
		expect(stored).not.toHaveBeenCalled();
	});

	test('that can’t be stored is not acknowledged, and its place is free again', async () => {
		const { receiver: one } = receiver(() => Promise.reject(new Error('Redis is away')));
		for (let n = 0; n < 100; n++) {
			await expect(one.receive(SIGNATURE, bodyOf(BODY))).rejects.toThrow('away');
		}
	});

	test('whose body breaks off gives its place back', async () => {
		const { receiver: one, stored } = receiver();
		const broken = () => Promise.reject(new Error('broken'));
		for (let n = 0; n < 100; n++) await one.receive(SIGNATURE, broken).catch(() => undefined);
		expect(await one.receive(SIGNATURE, bodyOf(BODY))).toBe('accepted');
		expect(stored).toHaveBeenCalledTimes(1);
	});
});

test('so many are taken in at once and no more; bodies of the others are not read', async () => {
	const { receiver: one } = receiver();
	const gate = Promise.withResolvers<Uint8Array>();
	const readBody = vi.fn(() => gate.promise);
	const receipts = Array.from({ length: 500 }, () => one.receive(SIGNATURE, readBody));
	await new Promise(setImmediate);
	expect(readBody.mock.calls.length).toBe(64);
	gate.resolve(BODY);
	const counts = Map.groupBy(await Promise.all(receipts), (receipt) => receipt);
	expect([counts.get('accepted')?.length, counts.get('busy')?.length]).toEqual([64, 436]);
	expect(await one.receive(SIGNATURE, bodyOf(BODY))).toBe('accepted');
});

test('a flood of forged ones is logged by its tenths, not one by one', async () => {
	const { receiver: one, warn } = receiver();
	for (let n = 0; n < 1_000; n++) await one.receive(null, bodyOf(BODY));
	expect(warn.mock.calls.map(([facts]) => facts)).toEqual(
		[1, 10, 100, 1_000].map((count) => ({ count }))
	);
});

test.each([
	['subscribe', 'test_verify_token', '99', '99'],
	['subscribe', 'test_verify_token', '', ''],
	['subscribe', 'test_verify_tokem', '99', null],
	['unsubscribe', 'test_verify_token', '99', null]
])('a handshake in mode %s with token %s', (mode, token, challenge, answer) => {
	const query = new URLSearchParams({
		'hub.mode': mode,
		'hub.verify_token': token,
		'hub.challenge': challenge
	});
	expect(receiver().receiver.challenge(query)).toBe(answer);
	query.delete('hub.challenge');
	expect(receiver().receiver.challenge(query)).toBeNull();
});

import { describe, expect, test } from 'vitest';
import { createLiveEncoder } from './live-encoder.ts';

/** An envelope as tRPC's WebSocket adapter builds it for a tracked value. */
function envelope(id: number | string, eventId: string, message: object, jsonrpc?: '2.0') {
	return {
		id,
		jsonrpc,
		result: { type: 'data', data: { id: eventId, data: message }, id: eventId }
	};
}

const message = {
	kind: 'events',
	events: [{ text: 'quote " backslash \\ ü \u2028' }],
	persistedSeq: 3
};

describe('the live encoder', () => {
	test.each([
		['a number as id', envelope(1, 'abc:7', message)],
		['a string as id', envelope('a"b', 'abc:7', message)],
		['a JSON-RPC version', envelope(1, 'abc:7', message, '2.0')],
		['quotes in the event id', envelope(1, 'a"\\c', message)],
		['an empty message', envelope(1, 'abc:7', {})]
	])('writes what JSON.stringify writes: %s', (_, value) => {
		const encoder = createLiveEncoder();
		const expected: unknown = JSON.parse(JSON.stringify(value));
		expect(JSON.parse(String(encoder.encode(value)))).toEqual(expected);
		// The second time the message comes from memory.
		expect(JSON.parse(String(encoder.encode(value)))).toEqual(expected);
	});

	test('writes every other message with JSON.stringify', () => {
		const others: unknown[] = [
			{ id: null, method: 'reconnect' },
			{ id: 1, result: { type: 'started' } },
			{ id: 1, result: { type: 'stopped' } },
			{ id: 1, result: { type: 'data', data: { id: 'x', data: 'text' } } },
			{ id: 1, result: { type: 'data', data: { id: 'x', data: {} }, id: 'y' } },
			{ id: 1, result: { type: 'data', data: null } },
			{ id: 1, error: { message: 'no', code: -32603, data: {} } }
		];
		const encoder = createLiveEncoder();
		for (const value of others) expect(encoder.encode(value)).toBe(JSON.stringify(value));
	});

	test('encodes a message once, however many clients get it', () => {
		let calls = 0;
		const encoder = createLiveEncoder((value) => {
			calls++;
			return JSON.stringify(value);
		});
		for (let client = 0; client < 100; client++) encoder.encode(envelope(client, 'abc:7', message));
		expect(calls).toBe(1);
		encoder.encode(envelope(1, 'abc:8', { ...message }));
		expect(calls).toBe(2);
	});

	test('gives clients whose requests have the same number the same bytes', () => {
		const encoder = createLiveEncoder();
		const bytes = encoder.encode(envelope(1, 'abc:7', message));
		expect(encoder.encode(envelope(1, 'abc:7', message))).toBe(bytes);
		expect(encoder.encode(envelope(2, 'abc:7', message))).not.toBe(bytes);
		expect(encoder.encode(envelope(1, 'abc:8', message))).not.toBe(bytes);
		expect(encoder.encode(envelope(1, 'abc:7', { ...message }))).not.toBe(bytes);
	});

	test('keeps a few megabytes of a message at most, whatever numbers clients give to their requests', () => {
		const encoder = createLiveEncoder();
		const snapshot = { text: 'x'.repeat(500_000) };
		const encode = (id: number) => encoder.encode(envelope(id, 'abc:7', snapshot));
		const first = Array.from({ length: 100 }, (_, id) => encode(id));
		const again = Array.from({ length: 100 }, (_, id) => encode(id));
		const kept = again.filter((bytes, id) => bytes === first[id]);
		expect(kept.length).toBeGreaterThan(0);
		expect(kept.length).toBeLessThan(10);
		expect(again.map((bytes) => String(bytes).length)).toEqual(
			first.map((bytes) => String(bytes).length)
		);
		const large = { text: 'x'.repeat(5_000_000) };
		const bytes = encoder.encode(envelope(1, 'abc:8', large));
		expect(encoder.encode(envelope(1, 'abc:8', large))).toBe(bytes);
	});

	test('reads what clients send', () => {
		expect(createLiveEncoder().decode('{"id":1}')).toEqual({ id: 1 });
	});
});

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { byteStream } from './byte-stream.ts';

/** Counts up for ever; `log` tells what was asked of it. */
async function* endless(log: string[]): AsyncGenerator<string, void, undefined> {
	try {
		for (let i = 0; ; i++) {
			log.push(`made ${i}`);
			yield `${i},`;
		}
	} finally {
		log.push('ended');
	}
}

const failing = (): never => {
	throw new Error('nothing may fail here');
};

test('all of the text arrives, as UTF-8', async () => {
	async function* text(): AsyncGenerator<string, void, undefined> {
		yield 'né ';
		yield '💕';
	}
	expect(await new Response(byteStream(text(), { onError: failing })).text()).toBe('né 💕');
});

test('a piece is made when it is asked for, not before', async () => {
	const log: string[] = [];
	const reader = byteStream(endless(log), { onError: failing }).getReader();
	await new Promise((resolve) => setImmediate(resolve));
	expect(log).toEqual([]);
	await reader.read();
	await new Promise((resolve) => setImmediate(resolve));
	expect(log).toEqual(['made 0']);
	await reader.cancel();
});

test('a reader who leaves ends the making', async () => {
	const log: string[] = [];
	const reader = byteStream(endless(log), { onError: failing }).getReader();
	await reader.read();
	await reader.cancel();
	expect(log).toEqual(['made 0', 'ended']);
});

test('a reader who leaves while a piece is made is no fault', async () => {
	const faults: unknown[] = [];
	let finish = (): void => undefined;
	let isEnded = false;
	async function* slow(): AsyncGenerator<string, void, undefined> {
		try {
			await new Promise<void>((resolve) => (finish = resolve));
			yield 'late';
		} finally {
			isEnded = true;
		}
	}
	const reader = byteStream(slow(), { onError: (error) => faults.push(error) }).getReader();
	const reading = reader.read();
	await new Promise((resolve) => setImmediate(resolve));
	const leaving = reader.cancel();
	finish();
	await Promise.all([reading, leaving]);
	expect(isEnded).toBe(true);
	expect(faults).toEqual([]);
});

test('a fault breaks the stream and is told', async () => {
	const faults: unknown[] = [];
	const fault = new Error('Postgres went away');
	async function* broken(): AsyncGenerator<string, void, undefined> {
		yield 'half';
		throw fault;
	}
	const response = new Response(byteStream(broken(), { onError: (error) => faults.push(error) }));
	await expect(response.text()).rejects.toThrow('Postgres went away');
	expect(faults).toEqual([fault]);
});

describe('its end is told once', () => {
	let ends = 0;
	const onEnd = () => void ends++;
	beforeEach(() => {
		ends = 0;
	});
	afterEach(() => vi.useRealTimers());

	async function* two(): AsyncGenerator<string, void, undefined> {
		yield 'a';
		yield 'b';
	}

	test('when all was read', async () => {
		await new Response(byteStream(two(), { onError: failing, onEnd })).text();
		expect(ends).toBe(1);
	});

	test('when the reader leaves', async () => {
		const reader = byteStream(two(), { onError: failing, onEnd }).getReader();
		await reader.read();
		expect(ends).toBe(0);
		await reader.cancel();
		expect(ends).toBe(1);
	});

	test('when the text breaks', async () => {
		async function* broken(): AsyncGenerator<string, void, undefined> {
			yield 'half';
			throw new Error('gone');
		}
		const stream = byteStream(broken(), { onError: () => undefined, onEnd });
		await expect(new Response(stream).text()).rejects.toThrow('gone');
		expect(ends).toBe(1);
	});

	test('when nobody reads any more, which also ends the text; a slow reader is none of these', async () => {
		vi.useFakeTimers();
		const log: string[] = [];
		const options = { onError: failing, onEnd, stallMs: 1_000 };
		const reader = byteStream(endless(log), options).getReader();
		for (let piece = 0; piece < 3; piece++) {
			await vi.advanceTimersByTimeAsync(900);
			await reader.read();
		}
		expect(ends).toBe(0);
		await vi.advanceTimersByTimeAsync(1_100);
		expect(ends).toBe(1);
		expect(log.at(-1)).toBe('ended');
		await expect(reader.read()).rejects.toThrow('nobody reads');
	});

	test('when nobody ever began', async () => {
		vi.useFakeTimers();
		byteStream(two(), { onError: failing, onEnd, stallMs: 1_000 });
		await vi.advanceTimersByTimeAsync(1_100);
		expect(ends).toBe(1);
	});
});

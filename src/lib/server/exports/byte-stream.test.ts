import { expect, test } from 'vitest';
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
	expect(await new Response(byteStream(text(), failing)).text()).toBe('né 💕');
});

test('a piece is made when it is asked for, not before', async () => {
	const log: string[] = [];
	const reader = byteStream(endless(log), failing).getReader();
	await new Promise((resolve) => setImmediate(resolve));
	expect(log).toEqual([]);
	await reader.read();
	await new Promise((resolve) => setImmediate(resolve));
	expect(log).toEqual(['made 0']);
	await reader.cancel();
});

test('a reader who leaves ends the making', async () => {
	const log: string[] = [];
	const reader = byteStream(endless(log), failing).getReader();
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
	const reader = byteStream(slow(), (error) => faults.push(error)).getReader();
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
	const response = new Response(byteStream(broken(), (error) => faults.push(error)));
	await expect(response.text()).rejects.toThrow('Postgres went away');
	expect(faults).toEqual([fault]);
});

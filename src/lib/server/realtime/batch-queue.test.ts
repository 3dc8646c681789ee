import { describe, expect, test } from 'vitest';
import { BatchQueue, MAX_QUEUED_BATCHES } from './batch-queue.ts';
import { SlowSubscriberError } from './hub-types.ts';
import type { LiveBatch } from './hub-types.ts';

function batch(seq: number): LiveBatch {
	return { id: `e1:${seq}`, message: { kind: 'events', events: [], persistedSeq: 0 } };
}

describe('a reader', () => {
	test('gets batches in order, those before it came and those after', async () => {
		const queue = new BatchQueue();
		queue.push(batch(1));
		queue.push(batch(2));
		const reader = queue.read(new AbortController().signal);
		const ids: string[] = [];
		for (let index = 0; index < 2; index++) ids.push((await reader.next()).value?.id ?? '');
		const third = reader.next();
		queue.push(batch(3));
		ids.push((await third).value?.id ?? '');
		expect(ids).toEqual(['e1:1', 'e1:2', 'e1:3']);
	});

	test('ends with its signal while it waits', async () => {
		const stop = new AbortController();
		const next = new BatchQueue().read(stop.signal).next();
		stop.abort();
		expect((await next).done).toBe(true);
	});

	test('ends with its signal although more is queued', async () => {
		const stop = new AbortController();
		const queue = new BatchQueue();
		queue.push(batch(1));
		queue.push(batch(2));
		const reader = queue.read(stop.signal);
		await reader.next();
		stop.abort();
		expect((await reader.next()).done).toBe(true);
	});

	test('whose signal is aborted already gets nothing', async () => {
		const queue = new BatchQueue();
		queue.push(batch(1));
		expect((await queue.read(AbortSignal.abort()).next()).done).toBe(true);
	});

	test('leaves no listener on its signal', async () => {
		const stop = new AbortController();
		let listeners = 0;
		const add = stop.signal.addEventListener.bind(stop.signal);
		stop.signal.addEventListener = (...args: Parameters<typeof add>): void => {
			listeners++;
			add(...args);
		};
		const remove = stop.signal.removeEventListener.bind(stop.signal);
		stop.signal.removeEventListener = (...args: Parameters<typeof remove>): void => {
			listeners--;
			remove(...args);
		};
		const queue = new BatchQueue();
		queue.push(batch(1));
		const reader = queue.read(stop.signal);
		await reader.next();
		expect(listeners).toBe(1);
		await reader.return();
		expect(listeners).toBe(0);
	});
});

describe('a reader that falls behind', () => {
	test('keeps up to the limit', async () => {
		const queue = new BatchQueue();
		for (let seq = 1; seq <= MAX_QUEUED_BATCHES; seq++) queue.push(batch(seq));
		const reader = queue.read(new AbortController().signal);
		for (let seq = 1; seq <= MAX_QUEUED_BATCHES; seq++) {
			expect((await reader.next()).value?.id).toBe(`e1:${seq}`);
		}
	});

	test('is told so as soon as one more comes, and gets nothing with a hole', async () => {
		const queue = new BatchQueue();
		const reader = queue.read(new AbortController().signal);
		for (let seq = 1; seq <= MAX_QUEUED_BATCHES + 1; seq++) queue.push(batch(seq));
		queue.push(batch(MAX_QUEUED_BATCHES + 2));
		await expect(reader.next()).rejects.toBeInstanceOf(SlowSubscriberError);
	});

	test('is told so in the middle of its reading', async () => {
		const queue = new BatchQueue();
		const reader = queue.read(new AbortController().signal);
		queue.push(batch(1));
		await reader.next();
		for (let seq = 2; seq <= MAX_QUEUED_BATCHES + 2; seq++) queue.push(batch(seq));
		await expect(reader.next()).rejects.toBeInstanceOf(SlowSubscriberError);
	});
});

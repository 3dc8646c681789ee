import { describe, expect, test } from 'vitest';
import { BatchQueue, MAX_QUEUED_BATCHES } from './batch-queue.ts';
import { SlowSubscriberError } from './hub-types.ts';
import type { BatchReader, LiveBatch } from './hub-types.ts';

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

describe('a reader with something to do', () => {
	type Ending = (reader: BatchReader, queue: BatchQueue, stop: AbortController) => Promise<unknown>;
	const endings: readonly (readonly [string, Ending])[] = [
		['its signal', async (reader, _queue, stop) => (stop.abort(), await reader.next())],
		['its return', async (reader) => await reader.return()],
		['its return while it waits', (reader) => Promise.all([reader.next(), reader.return()])],
		[
			'an overflow',
			async (reader, queue) => {
				for (let seq = 0; seq <= MAX_QUEUED_BATCHES; seq++) queue.push(batch(seq));
				await expect(reader.next()).rejects.toBeInstanceOf(SlowSubscriberError);
			}
		]
	];

	test.each(endings)('arrives before its first batch and leaves once, by %s', async (_, end) => {
		const steps: string[] = [];
		const stop = new AbortController();
		const queue = new BatchQueue();
		const reader = queue.read(stop.signal, async () => {
			steps.push('arrive');
			queue.push(batch(1));
			return () => steps.push('leave');
		});
		expect(steps).toEqual([]);
		expect((await reader.next()).value?.id).toBe('e1:1');
		await end(reader, queue, stop);
		expect(await reader.next()).toEqual({ done: true, value: undefined });
		await reader.return();
		expect(steps).toEqual(['arrive', 'leave']);
	});

	test('that can’t arrive says why, and is over', async () => {
		const reader = new BatchQueue().read(new AbortController().signal, () =>
			Promise.reject(new Error('away'))
		);
		await expect(reader.next()).rejects.toThrow('away');
		expect((await reader.next()).done).toBe(true);
	});

	test('whose signal ends while it arrives leaves again', async () => {
		const stop = new AbortController();
		let left = 0;
		const reader = new BatchQueue().read(stop.signal, async () => {
			stop.abort();
			return () => left++;
		});
		expect((await reader.next()).done).toBe(true);
		expect(left).toBe(1);
	});

	test('that returns while it arrives leaves again', async () => {
		const arriving = Promise.withResolvers<void>();
		let left = 0;
		const reader = new BatchQueue().read(new AbortController().signal, async () => {
			await arriving.promise;
			return () => left++;
		});
		const next = reader.next();
		await reader.return();
		arriving.resolve();
		expect((await next).done).toBe(true);
		expect(left).toBe(1);
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

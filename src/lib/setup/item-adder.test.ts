import { expect, test } from 'vitest';
import { CHUNK_ITEMS, ItemAdder } from './item-adder.svelte.ts';
import { itemsOfRange } from './parse-item-range.ts';

const items = itemsOfRange({ from: 1, to: CHUNK_ITEMS * 2 + 30, title: 'Bag', quantity: 1 });

test('items go out in order, chunk after chunk, and the progress follows', async () => {
	const chunks: string[][] = [];
	const progress: number[] = [];
	const adder = new ItemAdder(async (chunk) => {
		progress.push(adder.done);
		chunks.push(chunk.map((item) => item.number));
		return { results: chunk.map(({ number }) => ({ number, added: true })) };
	});
	const result = await adder.add(items);
	expect(chunks.map((chunk) => chunk.length)).toEqual([CHUNK_ITEMS, CHUNK_ITEMS, 30]);
	expect(chunks.flat()).toEqual(items.map((item) => item.number));
	expect(progress).toEqual([0, CHUNK_ITEMS, CHUNK_ITEMS * 2]);
	expect(result).toEqual({ added: items.length, taken: [], failure: null });
	expect([adder.running, adder.done, adder.total]).toEqual([false, items.length, items.length]);
});

test('a number that was taken meanwhile is named', async () => {
	const adder = new ItemAdder(async (chunk) => ({
		results: chunk.map(({ number }) => ({ number, added: number !== '2' }))
	}));
	const result = await adder.add(items.slice(0, 3));
	expect(result).toEqual({ added: 2, taken: ['2'], failure: null });
});

test('after a failed call nothing more is sent, and what was added is told', async () => {
	let calls = 0;
	const adder = new ItemAdder(async (chunk) => {
		if (++calls === 2) throw new Error('network');
		return { results: chunk.map(({ number }) => ({ number, added: true })) };
	});
	const result = await adder.add(items);
	expect(calls).toBe(2);
	expect(result.added).toBe(CHUNK_ITEMS);
	expect(result.failure).toContain('can’t be reached');
	expect(adder.running).toBe(false);
});

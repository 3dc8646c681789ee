import { describe, expect, test } from 'vitest';
import { pagesBySeq } from './source.ts';

/** A log with rows at these numbers, and the stretches that were asked for. */
function logOf(rows: readonly number[], lastSeq: number) {
	const asked: string[] = [];
	const pages = pagesBySeq(
		lastSeq,
		({ from, to }) => {
			asked.push(`${from}-${to}`);
			return Promise.resolve(rows.filter((seq) => seq >= from && seq <= to));
		},
		3
	);
	return { asked, pages };
}

describe('pages', () => {
	test.each([
		[0, [], []],
		[1, [1], [[1]]],
		[3, [1, 2, 3], [[1, 2, 3]]],
		[4, [1, 2, 3, 4], [[1, 2, 3], [4]]],
		[12, [2, 11, 12], [[2], [11, 12]]],
		[5, [], []]
	])('of a log of %j events with rows at %j', async (lastSeq, rows, expected) => {
		const { asked, pages } = logOf(rows, lastSeq);
		const found: number[][] = [];
		for await (const page of pages) found.push(page);
		expect(found).toEqual(expected);
		expect(asked).toHaveLength(Math.ceil(lastSeq / 3));
	});

	test('end where the log ended when the reading began', async () => {
		const { asked, pages } = logOf([4, 5, 6], 5);
		expect(await pages.next()).toEqual({ done: false, value: [4, 5] });
		expect(asked).toEqual(['1-3', '4-5']);
	});

	test('are read one at a time, and no more after the reader left', async () => {
		const { asked, pages } = logOf([1, 2, 3, 4, 5, 6, 7], 7);
		await pages.next();
		expect(asked).toEqual(['1-3']);
		await pages.next();
		expect(asked).toEqual(['1-3', '4-6']);
		await pages.return();
		expect(await pages.next()).toEqual({ done: true, value: undefined });
		expect(asked).toEqual(['1-3', '4-6']);
	});
});

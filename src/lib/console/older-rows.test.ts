import { expect, test } from 'vitest';
import type { OlderPage } from './older-lines.ts';
import { OlderRows } from './older-rows.svelte.ts';

type Line = { readonly seq: number };

function paged(pages: Record<string, OlderPage<Line>>) {
	const asked: string[] = [];
	const older = new OlderRows<Line>(async (cursor) => {
		asked.push(cursor);
		const page = pages[cursor];
		if (!page) throw new Error('no such page');
		return await Promise.resolve(page);
	});
	return { older, asked };
}

test('reads page after page, the first below the oldest line that is held', async () => {
	const { older, asked } = paged({
		'10': { lines: [{ seq: 9 }, { seq: 8 }], nextCursor: '8' },
		'8': { lines: [{ seq: 7 }], nextCursor: null }
	});
	await older.more(10);
	await older.more(10);
	await older.more(10);
	expect(asked).toEqual(['10', '8']);
	expect(older.rows.map(({ seq }) => seq)).toEqual([9, 8, 7]);
	expect(older.status).toBe('end');
});

test('a failure is told, and the same page can be tried again', async () => {
	const { older, asked } = paged({});
	await older.more(10);
	expect(older.status).toBe('failed');
	expect(older.failure).toMatch(/try again/);
	await older.more(10);
	expect(asked).toEqual(['10', '10']);
});

test('an answer that comes after a reset is dropped', async () => {
	const { older } = paged({ '10': { lines: [{ seq: 9 }], nextCursor: null } });
	const reading = older.more(10);
	older.reset();
	await reading;
	expect(older.rows).toEqual([]);
	expect(older.status).toBe('idle');
});

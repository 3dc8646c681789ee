import { describe, expect, test } from 'vitest';
import { GraphStub, collect, graphError } from '../../../../../tests/fixtures/graph-stub.ts';
import { readComments } from './comments.ts';

const LIVE = { mediaId: '90010498116233', accountId: '17841400000000001', token: 'EAApage' };
const START = Date.UTC(2026, 9, 4, 16, 0, 0);

/** Comment `n` was written `n` seconds after the start; newest first, as Instagram gives them. */
function rows(newest: number, oldest: number): unknown[] {
	return Array.from({ length: newest - oldest + 1 }, (_, index) => ({
		id: String(1000 + newest - index),
		text: `sold ${newest - index}`,
		timestamp: new Date(START + (newest - index) * 1000).toISOString().replace('.000Z', '+0000'),
		from: { id: '900100', username: 'shopper_1' }
	}));
}

function page(data: unknown[], after: string, more: boolean): unknown {
	return { data, paging: { cursors: { after }, ...(more ? { next: 'https://next' } : {}) } };
}

/** Comments 1 to 9 on three pages. */
function threePages(): Promise<GraphStub> {
	return GraphStub.start(({ query }) => {
		if (query['after'] === 'c1') return page(rows(6, 4), 'c2', true);
		return query['after'] === 'c2' ? page(rows(3, 1), 'c3', false) : page(rows(9, 7), 'c1', true);
	});
}

const read = (stub: GraphStub, since: number | null = null) =>
	collect(readComments(stub.client, { ...LIVE, since }));

describe('a poll of an Instagram live', () => {
	test('reads page by page, each oldest first', async () => {
		await using stub = await threePages();
		const pages = await read(stub);
		expect(pages.map(({ comments }) => comments.map(({ text }) => text))).toEqual([
			['sold 7', 'sold 8', 'sold 9'],
			['sold 4', 'sold 5', 'sold 6'],
			['sold 1', 'sold 2', 'sold 3']
		]);
		expect(pages.map(({ end }) => end)).toEqual([null, null, 'all_read']);
		expect(stub.calls[0]).toMatchObject({
			path: '/v25.0/90010498116233/comments',
			authorization: 'Bearer EAApage',
			query: { limit: '50' }
		});
	});

	test.each([
		[9, 2],
		[6, 3],
		[7, 2],
		[1, 3]
	])('stops behind the page that is older than second %i', async (second, requests) => {
		await using stub = await threePages();
		const pages = await read(stub, START + second * 1000);
		expect(stub.calls).toHaveLength(requests);
		expect(pages.at(-1)?.end).toBe('all_read');
	});

	test('goes on behind a page of the very second from which it reads', async () => {
		await using stub = await threePages();
		// Instagram's times are whole seconds; comment 7 may have been written after it.
		expect(await read(stub, START + 7_900)).toHaveLength(2);
		expect(await read(stub, START + 8_000)).toHaveLength(2);
		await using single = await GraphStub.start(({ query }) =>
			query['after'] === 'c1' ? page(rows(6, 6), 'c2', false) : page(rows(7, 7), 'c1', true)
		);
		expect(await read(single, START + 7_900)).toHaveLength(2);
		expect(await read(single, START + 8_000)).toHaveLength(1);
	});

	test.each([
		['without times', [{ id: '5' }]],
		['without comments', []],
		['of strange entries', [null]]
	])('does not stop at a page %s', async (_, data) => {
		await using stub = await GraphStub.start(({ query }) =>
			query['after'] === 'c1' ? page(rows(1, 1), 'c2', false) : page(data, 'c1', true)
		);
		expect(await read(stub, START)).toHaveLength(2);
	});

	test('after the end of the live says "gone"', async () => {
		await using stub = await GraphStub.start(() => graphError(100, 33));
		expect(await read(stub)).toEqual([
			{ comments: [], malformed: 0, usage: null, end: 'gone', resumeAfter: null }
		]);
	});

	test('that ends between two pages keeps what was read', async () => {
		await using stub = await GraphStub.start(() =>
			stub.calls.length === 1 ? page(rows(9, 7), 'c1', true) : graphError(100, 33)
		);
		const pages = await read(stub);
		expect(pages.map(({ comments, end }) => [comments.length, end])).toEqual([
			[3, null],
			[0, 'gone']
		]);
	});

	test.each([
		['a throttle', 80002, 'throttled'],
		['a dead token', 190, 'needs_reauth'],
		['a bad parameter', 100, 'bad_request']
	])('%s is an error, not an end', async (_, code, kind) => {
		await using stub = await GraphStub.start(() => graphError(code));
		await expect(read(stub)).rejects.toMatchObject({ kind });
	});
});

import { describe, expect, test } from 'vitest';
import { GraphStub, collect, graphError } from '../../../../../tests/fixtures/graph-stub.ts';
import type { StubCall } from '../../../../../tests/fixtures/graph-stub.ts';
import { MAX_COMMENT_PAGES } from '../comment-pages.ts';
import type { CommentPage } from '../comment-pages.ts';
import { readComments } from './comments.ts';

const LIVE = { liveId: '911936075671494', pageId: '1093482904102', token: 'EAApage' };
const SINCE = Date.UTC(2026, 9, 4, 16, 0, 12);
const NEXT = 'https://evil.example/next?access_token=EAApage';

function rows(from: number, to: number): unknown[] {
	return Array.from({ length: to - from + 1 }, (_, index) => ({
		id: `911936075671494_${from + index}`,
		from: { id: '7', name: 'Ann B.' },
		message: `sold ${from + index}`,
		created_time: '2026-10-04T16:00:30+0000'
	}));
}

/** A page as Meta sends it: the cursor is on the last one too. */
function page(data: unknown[], after: string | null, more: boolean): unknown {
	const cursors = after === null ? {} : { cursors: { before: 'b', after } };
	return { data, paging: { ...cursors, ...(more ? { next: NEXT } : {}) } };
}

const ownParts = (pages: readonly CommentPage[]) =>
	pages.flatMap(({ comments }) => comments.map(({ rawId }) => rawId.split('_')[1]));
const cursorOf = ({ query }: StubCall) => query['after'] ?? null;

function read(stub: GraphStub, since: number | null = SINCE, after: string | null = null) {
	return collect(readComments(stub.client, { ...LIVE, since, after }));
}

describe('a poll', () => {
	test('asks for all comments, flat, in order, since a second', async () => {
		await using stub = await GraphStub.start(() => page([], null, false));
		await read(stub, SINCE + 999);
		await read(stub, null);
		expect(stub.calls[0]).toMatchObject({
			path: '/v25.0/911936075671494/comments',
			authorization: 'Bearer EAApage',
			query: {
				filter: 'stream',
				live_filter: 'no_filter',
				order: 'chronological',
				limit: '100',
				since: String(SINCE / 1000),
				fields: 'id,from{id,name},message,created_time'
			}
		});
		expect(stub.calls[0]?.query).not.toHaveProperty('access_token');
		expect(stub.calls[1]?.query).not.toHaveProperty('since');
	});

	test('follows the cursor while `next` is there, and never fetches `next`', async () => {
		await using stub = await GraphStub.start((call) =>
			cursorOf(call) === null
				? page(rows(1, 2), 'c1', true)
				: cursorOf(call) === 'c1'
					? page(rows(3, 4), 'c2', true)
					: page(rows(5, 5), 'c3', false)
		);
		const pages = await read(stub);
		expect(ownParts(pages)).toEqual(['1', '2', '3', '4', '5']);
		expect(pages.map(({ end }) => end)).toEqual([null, null, 'all_read']);
		expect(stub.calls.map(cursorOf)).toEqual([null, 'c1', 'c2']);
		expect(stub.calls.every(({ query }) => query['since'] === String(SINCE / 1000))).toBe(true);
	});

	test('yields a page before it asks for the next one', async () => {
		await using stub = await GraphStub.start((call) =>
			cursorOf(call) === null ? page(rows(1, 2), 'c1', true) : graphError(2)
		);
		const seen: CommentPage[] = [];
		const reading = (async () => {
			for await (const each of readComments(stub.client, { ...LIVE, since: SINCE }))
				seen.push(each);
		})();
		await expect(reading).rejects.toMatchObject({ kind: 'transient', code: 2 });
		expect(ownParts(seen)).toEqual(['1', '2']);
		expect(seen.at(-1)?.end).toBeNull();
	});

	test('ends with a page that brings nothing new', async () => {
		await using stub = await GraphStub.start(() => page(rows(1, 2), `c${stub.calls.length}`, true));
		const pages = await read(stub);
		expect(stub.calls).toHaveLength(2);
		expect(pages.map(({ end }) => end)).toEqual([null, 'all_read']);
	});

	test('ends when the cursor stays where it is', async () => {
		await using stub = await GraphStub.start(() => {
			const at = stub.calls.length;
			return page(rows(at, at), 'c1', true);
		});
		expect(ownParts(await read(stub))).toEqual(['1', '2']);
	});

	test('goes on behind an empty page: Meta takes comments out after it cut the page', async () => {
		await using stub = await GraphStub.start((call) =>
			cursorOf(call) === null ? page([], 'c1', true) : page(rows(1, 1), 'c2', false)
		);
		expect(ownParts(await read(stub))).toEqual(['1']);
	});

	test('ends when nothing but empty pages comes', async () => {
		await using stub = await GraphStub.start(() => page([], `c${stub.calls.length}`, true));
		expect((await read(stub)).at(-1)?.end).toBe('all_read');
		expect(stub.calls).toHaveLength(5);
	});

	test('stops at the page cap, says so, and goes on from there the next time', async () => {
		const last = MAX_COMMENT_PAGES + 2;
		await using stub = await GraphStub.start((call) => {
			const at = Number(cursorOf(call) ?? 0) + 1;
			return page(rows(at, at), String(at), at < last);
		});
		const pages = await read(stub);
		expect(stub.calls).toHaveLength(MAX_COMMENT_PAGES);
		expect(pages.at(-1)).toMatchObject({ end: 'page_cap', resumeAfter: String(MAX_COMMENT_PAGES) });
		expect(pages.filter(({ end }) => end !== null)).toHaveLength(1);
		const rest = await read(stub, SINCE, pages.at(-1)?.resumeAfter ?? null);
		expect(ownParts(rest)).toEqual([String(last - 1), String(last)]);
		expect(rest.at(-1)).toMatchObject({ end: 'all_read', resumeAfter: null });
	});

	test('hands on how much of the limits is used', async () => {
		await using stub = await GraphStub.start((_, response) => {
			response.setHeader('x-app-usage', '{"call_count":28,"total_time":97,"total_cputime":25}');
			return page(rows(1, 1), 'c1', false);
		});
		expect((await read(stub))[0]?.usage).toMatchObject({ percent: 97 });
	});

	test('counts strange entries and keeps the others', async () => {
		const data = [...rows(1, 1), null, { message: 'sold 1' }, { id: '' }, ...rows(2, 2)];
		await using stub = await GraphStub.start(() => page(data, 'c1', false));
		const pages = await read(stub);
		expect(ownParts(pages)).toEqual(['1', '2']);
		expect(pages[0]?.malformed).toBe(3);
	});

	test('a page of nothing but strange entries is not "nothing new"', async () => {
		await using stub = await GraphStub.start((call) =>
			cursorOf(call) === 'c1' ? page(rows(1, 1), 'c2', false) : page([null], 'c1', true)
		);
		expect(ownParts(await read(stub))).toEqual(['1']);
	});
});

describe('a cursor that died with its comment', () => {
	test('makes the read start again from `since`, once', async () => {
		let isDead = true;
		await using stub = await GraphStub.start((call) => {
			if (cursorOf(call) === null) return page(rows(1, 2), isDead ? 'dead' : 'c1', true);
			if (cursorOf(call) !== 'dead') return page(rows(3, 3), 'c2', false);
			isDead = false;
			return graphError(100);
		});
		const pages = await read(stub);
		expect(new Set(ownParts(pages))).toEqual(new Set(['1', '2', '3']));
		expect(pages.at(-1)?.end).toBe('all_read');
		expect(stub.calls.map(cursorOf)).toEqual([null, 'dead', null, 'c1']);
	});

	test('that dies again is an error', async () => {
		await using stub = await GraphStub.start((call) =>
			cursorOf(call) === null ? page(rows(1, 2), 'dead', true) : graphError(100)
		);
		await expect(read(stub)).rejects.toMatchObject({ code: 100 });
		expect(stub.calls.map(cursorOf)).toEqual([null, 'dead', null, 'dead']);
	});

	test('handed over from an earlier read falls back to `since` too', async () => {
		await using stub = await GraphStub.start((call) =>
			cursorOf(call) === null ? page(rows(1, 2), 'c1', false) : graphError(100)
		);
		expect(ownParts(await read(stub, SINCE, 'old'))).toEqual(['1', '2']);
	});

	test('is not what a refused first page means', async () => {
		await using stub = await GraphStub.start(() => graphError(100));
		await expect(read(stub)).rejects.toMatchObject({ kind: 'bad_request', code: 100 });
		expect(stub.calls).toHaveLength(1);
	});
});

describe('an answer that is no page', () => {
	test.each([
		['without a list', '{"paging":{}}'],
		['with something else as the list', '{"data":{"error":1}}'],
		['of HTML', '<html><body>Sorry, something went wrong.</body></html>'],
		['that is empty', ''],
		['`null`', 'null']
	])('%s is a fault of Meta’s, never "no comments"', async (_, body) => {
		await using stub = await GraphStub.start(() => body);
		await expect(read(stub)).rejects.toMatchObject({ kind: 'transient' });
	});

	test('with strange paging is the last page', async () => {
		const data = rows(1, 1);
		await using stub = await GraphStub.start(() => ({ data, paging: { next: 5, cursors: [] } }));
		expect((await read(stub)).map(({ end }) => end)).toEqual(['all_read']);
	});
});

test('a read that is aborted throws the reason', async () => {
	const abort = new AbortController();
	await using stub = await GraphStub.start(() => {
		abort.abort(new Error('the show ended'));
		return undefined;
	});
	const reading = collect(
		readComments(stub.client, { ...LIVE, since: SINCE, signal: abort.signal })
	);
	await expect(reading).rejects.toThrow('the show ended');
});

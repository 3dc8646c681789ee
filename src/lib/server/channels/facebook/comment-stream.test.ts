import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { GraphStub, collect, graphError } from '../../../../../tests/fixtures/graph-stub.ts';
import { streamComments } from './comment-stream.ts';
import type { StreamEvent, StreamOptions } from './comment-stream.ts';

const LIVE = { liveId: '911936075671494', pageId: '1093482904102', token: 'EAApage' };

function frame(ownPart: number, message = `sold ${ownPart}`): string {
	const from = { name: 'Joe', id: '126577551217199' };
	const created_time = '2026-10-04T16:03:10+0000';
	return JSON.stringify({ id: `911936075671494_${ownPart}`, from, message, created_time });
}

function sse(response: ServerResponse): ServerResponse {
	return response.writeHead(200, { 'content-type': 'text/event-stream' });
}

/** A stub that sends these chunks, each by itself, and ends. */
function streaming(...chunks: (string | Uint8Array)[]): Promise<GraphStub> {
	return GraphStub.start(async (_, response) => {
		sse(response).flushHeaders();
		for (const chunk of chunks) {
			await new Promise((resolve) => response.write(chunk, resolve));
			// The next turn of the event loop sends the next packet.
			await new Promise(setImmediate);
		}
		response.end();
	});
}

function listen(stub: GraphStub, options: Partial<StreamOptions> = {}) {
	const { signal } = new AbortController();
	return streamComments(stub.client, { ...LIVE, signal, ...options });
}

const textsOf = (events: readonly StreamEvent[]) =>
	events.flatMap((event) => (event.kind === 'comment' ? [event.comment.text] : [event.kind]));

describe('the stream of comments', () => {
	test('is asked for as documented, at the rate of the settings', async () => {
		await using stub = await streaming();
		await collect(listen(stub));
		expect(stub.calls).toMatchObject([
			{
				path: '/streaming/911936075671494/live_comments',
				query: {
					access_token: 'EAApage',
					comment_rate: 'one_hundred_per_second',
					live_filter: 'no_filter'
				}
			}
		]);
	});

	test('says first that it is open, before any comment', async () => {
		await using stub = await GraphStub.start((_, response) => {
			sse(response).flushHeaders();
			return undefined;
		});
		const events = listen(stub);
		expect(await events.next()).toEqual({ done: false, value: { kind: 'open' } });
		await events.return();
	});

	test('brings comments, alone or several in a frame', async () => {
		await using stub = await streaming(
			`data: ${frame(1)}\n\n`,
			`data: [${frame(2)},${frame(3)}]\n\ndata: ${frame(4)}\n\n`
		);
		const events = await collect(listen(stub));
		expect(textsOf(events)).toEqual(['open', 'sold 1', 'sold 2', 'sold 3', 'sold 4']);
		expect(events[1]).toMatchObject({
			comment: {
				commentId: '1093482904102_1',
				author: { id: '126577551217199', name: 'Joe' },
				postedAt: Date.UTC(2026, 9, 4, 16, 3, 10),
				sourcePrefix: '911936075671494'
			}
		});
	});

	test('ids that are bare numbers keep all their digits', async () => {
		await using stub = await streaming('data: {"id":90071992547409931,"message":"sold 1"}\n\n');
		const events = await collect(listen(stub));
		expect(events[1]).toMatchObject({ comment: { commentId: '1093482904102_90071992547409931' } });
	});

	test('skips heartbeats, and carriage returns, other fields and several data lines', async () => {
		await using stub = await streaming(
			':\n\n:keep-alive\n\nretry: 10\n\n',
			`event: comment\r\nid: 5\r\ndata: ${frame(1)}\r\n\r\n`,
			`data: {"id":"1_2",\ndata: "message":"sold 2"}\n\n`
		);
		expect(textsOf(await collect(listen(stub)))).toEqual(['open', 'sold 1', 'sold 2']);
	});

	test('counts frames that are no comments and goes on', async () => {
		await using stub = await streaming(
			'data: {"id":\n\ndata: 7\n\ndata: {}\n\ndata: [null]\n\n<html>\n\n',
			`data: ${frame(1)}\n\n`
		);
		expect(textsOf(await collect(listen(stub)))).toEqual([
			'open',
			...Array.from({ length: 5 }, () => 'malformed'),
			'sold 1'
		]);
	});

	test('texts of several bytes survive every cut', async () => {
		const text = 'ขาย ๑๒ 🙋🏽‍♀️ مرحبا';
		const bytes = Buffer.from(`data: ${frame(1, text)}\n\n`);
		await using stub = await streaming(...Array.from(bytes, (byte) => Uint8Array.of(byte)));
		expect(textsOf(await collect(listen(stub)))).toEqual(['open', text]);
	});

	test('a frame without bounds is dropped, and what follows it is read', async () => {
		const chunk = 'x'.repeat(64 * 1024);
		await using stub = await streaming(
			'data: {"id":"1_9","message":"',
			...Array.from({ length: 40 }, () => chunk),
			`"}\n\ndata: ${frame(1)}\n\n`
		);
		const texts = textsOf(await collect(listen(stub)));
		expect(new Set(texts)).toEqual(new Set(['open', 'malformed', 'sold 1']));
	});

	test('a frame that is cut off is not read', async () => {
		await using stub = await streaming(`data: ${frame(1)}\n\ndata: ${frame(2).slice(0, 40)}`);
		expect(textsOf(await collect(listen(stub)))).toEqual(['open', 'sold 1']);
	});
});

describe('the end of the stream', () => {
	test('by a broken connection is an error', async () => {
		await using stub = await GraphStub.start((_, response) => {
			sse(response).write(`data: ${frame(1)}\n\n`, () => response.destroy());
			return undefined;
		});
		const events = listen(stub);
		const all = (async () => {
			for await (const event of events) if (event.kind === 'malformed') throw event;
		})();
		await expect(all).rejects.toMatchObject({ name: 'MetaError', kind: 'transient' });
	});

	test('by silence is an error, and closes the connection', async () => {
		const closed = Promise.withResolvers<void>();
		await using stub = await GraphStub.start((_, response) => {
			response.on('close', closed.resolve);
			sse(response).write(`data: ${frame(1)}\n\n`);
			return undefined;
		});
		await expect(collect(listen(stub, { idleTimeoutMs: 50 }))).rejects.toMatchObject({
			name: 'MetaError',
			kind: 'transient',
			message: 'The stream of comments went silent'
		});
		await closed.promise;
	});

	test('heartbeats keep it alive', async () => {
		await using stub = await GraphStub.start((_, response) => {
			sse(response).flushHeaders();
			let beats = 0;
			const timer = setInterval(() => {
				response.write(':\n\n');
				if (++beats < 12) return;
				clearInterval(timer);
				response.end(`data: ${frame(1)}\n\n`);
			}, 150);
			return undefined;
		});
		const events = await collect(listen(stub, { idleTimeoutMs: 1_500 }));
		expect(textsOf(events)).toEqual(['open', 'sold 1']);
	});

	test('by the caller’s signal is no error, at any time', async () => {
		const abort = new AbortController();
		const closed = Promise.withResolvers<void>();
		await using stub = await GraphStub.start((_, response) => {
			response.on('close', closed.resolve);
			sse(response).write(`data: ${frame(1)}\n\n`);
			return undefined;
		});
		const seen: StreamEvent[] = [];
		for await (const event of listen(stub, { signal: abort.signal })) {
			seen.push(event);
			if (event.kind === 'comment') setImmediate(() => abort.abort());
		}
		expect(textsOf(seen)).toEqual(['open', 'sold 1']);
		await closed.promise;
		expect(await collect(listen(stub, { signal: abort.signal }))).toEqual([]);
	});

	test('by a caller who stops asking closes the connection', async () => {
		const closed = Promise.withResolvers<void>();
		await using stub = await GraphStub.start((_, response) => {
			response.on('close', closed.resolve);
			sse(response).write(`data: ${frame(1)}\n\n`);
			return undefined;
		});
		for await (const event of listen(stub)) if (event.kind === 'comment') break;
		await closed.promise;
	});
});

describe('a stream that Meta refuses', () => {
	test.each([
		['a dead token', 190, 'needs_reauth'],
		['a feature gate', 200, 'permission']
	])('tells why: %s', async (_, code, kind) => {
		await using stub = await GraphStub.start(() => graphError(code));
		await expect(collect(listen(stub))).rejects.toMatchObject({ kind, code });
	});

	test('keeps the token out of its error', async () => {
		await using stub = await GraphStub.start((_, response) => {
			response.writeHead(302, { location: 'https://evil.example/' }).end();
			return undefined;
		});
		const error: unknown = await collect(listen(stub)).catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ name: 'MetaError' });
		expect(JSON.stringify(error) + String(error)).not.toContain('EAApage');
	});
});

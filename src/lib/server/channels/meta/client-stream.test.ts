import { afterEach, describe, expect, test, vi } from 'vitest';
import { graphPath, MetaClient, REQUEST_TIMEOUT_MS } from './client.ts';
import { everythingIn, failureOf, json, settingsFor, startServer } from './http-server-fixture.ts';
import type { Reply } from './http-server-fixture.ts';

const TOKEN = 'EAAtesttoken';
const PROOF = '2f6c99f265a9e1644d725e8f9c96e439fcbf40a73357d1d98ba8b98fbfe445e4';

const request = {
	host: 'streaming',
	path: graphPath('10155832421501570', 'live_comments'),
	versioned: false,
	token: TOKEN,
	query: { comment_rate: 'ten_per_second' },
	tokenIn: 'query'
} as const;

const eventStream: Reply = (_, response) => {
	response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
	response.write('data: {"id":"1"}\n\n');
};

afterEach(() => {
	vi.useRealTimers();
});

describe('openStream', () => {
	test('resolves when the stream begins and gives its bytes', async () => {
		await using server = await startServer(eventStream);
		const ended = new AbortController();
		const client = new MetaClient(settingsFor(server.base));
		const stream = await client.openStream({ ...request, signal: ended.signal });
		const { value } = await stream.getReader().read();
		expect(new TextDecoder().decode(value)).toBe('data: {"id":"1"}\n\n');
		ended.abort();
	});

	test('puts the token where it is told to, and the proof into the query', async () => {
		await using server = await startServer(eventStream);
		const client = new MetaClient(settingsFor(server.base));
		for (const tokenIn of ['query', 'header'] as const) {
			const stream = await client.openStream({ ...request, tokenIn });
			await stream.cancel();
		}
		const [inQuery, inHeader] = server.seen;
		expect(inQuery?.url.pathname).toBe('/streaming/10155832421501570/live_comments');
		expect(Object.fromEntries(inQuery?.url.searchParams ?? [])).toEqual({
			comment_rate: 'ten_per_second',
			appsecret_proof: PROOF,
			access_token: TOKEN
		});
		expect(inQuery?.headers.authorization).toBeUndefined();
		expect(inHeader?.headers.authorization).toBe(`Bearer ${TOKEN}`);
		expect(inHeader?.url.searchParams.get('access_token')).toBeNull();
		expect(inHeader?.url.searchParams.get('appsecret_proof')).toBe(PROOF);
	});

	test('outlives the time that an answer may take', async () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
		const opened = Promise.withResolvers<void>();
		await using server = await startServer((asked, response) => {
			eventStream(asked, response);
			void opened.promise.then(() => response.end('data: {"id":"2"}\n\n'));
		});
		const stream = await new MetaClient(settingsFor(server.base)).openStream(request);
		vi.advanceTimersByTime(REQUEST_TIMEOUT_MS * 2);
		opened.resolve();
		let text = '';
		for await (const chunk of stream) text += new TextDecoder().decode(chunk);
		expect(text).toContain('"2"');
	});

	test.each<[string, string, number | null, Reply]>([
		[
			'an error',
			'needs_reauth',
			190,
			(_, response) => json(response, { error: { code: 190 } }, 400)
		],
		['an error under 200', 'throttled', 4, (_, response) => json(response, { error: { code: 4 } })],
		['JSON', 'transient', null, (_, response) => json(response, { data: [] })],
		['a page', 'transient', null, (_, response) => response.writeHead(502).end('<html></html>')],
		[
			'a redirect',
			'transient',
			null,
			(_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
		]
	])('in place of a stream, %s is %s', async (_, kind, code, reply) => {
		await using server = await startServer(reply);
		const client = new MetaClient(settingsFor(server.base));
		const error = await failureOf(client.openStream(request));
		expect(error).toMatchObject({ kind, code });
		for (const secret of [TOKEN, PROOF]) expect(everythingIn(error)).not.toContain(secret);
	});

	test('gives up a stream that does not begin', async () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
		await using server = await startServer(() => vi.advanceTimersByTime(REQUEST_TIMEOUT_MS));
		const error = await failureOf(new MetaClient(settingsFor(server.base)).openStream(request));
		expect(error.message).toContain('no answer in time');
		expect(everythingIn(error)).not.toContain(TOKEN);
	});
});

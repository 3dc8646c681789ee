import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { graphPath, MetaClient, REQUEST_TIMEOUT_MS } from './client.ts';
import { everythingIn, failureOf, json, settingsFor, startServer } from './http-server-fixture.ts';
import type { Reply } from './http-server-fixture.ts';

const TOKEN = 'EAAtesttoken';

const page = z.object({ data: z.array(z.object({ id: z.string() })) });
const request = { path: graphPath('me', 'accounts'), token: TOKEN };

afterEach(() => {
	vi.useRealTimers();
});

describe('a connection', () => {
	test('is kept for the next call', async () => {
		await using server = await startServer((_, response) => json(response, { data: [] }));
		const client = new MetaClient(settingsFor(server.base));
		for (let call = 0; call < 5; call += 1) await client.request(request, page);
		expect(server.connections()).toBeLessThan(server.seen.length);
	});

	test.each<[string, Reply]>([
		['head', () => undefined],
		['body', (_, response) => response.write('{"data":[')]
	])('that gives no answer in time is given up: no %s', async (_, reply) => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
		await using server = await startServer((asked, response) => {
			reply(asked, response);
			void delay(20).then(() => vi.advanceTimersByTime(REQUEST_TIMEOUT_MS));
		});
		const error = await failureOf(new MetaClient(settingsFor(server.base)).request(request, page));
		expect(error).toMatchObject({ kind: 'transient', code: null });
		expect(error.message).toBe('Meta gave no answer in time to GET me/accounts');
	});

	test('that breaks off in the middle is transient', async () => {
		await using server = await startServer((_, response) => {
			response.writeHead(200, { 'content-length': '100' });
			response.write('{"data":[', () => response.destroy());
		});
		const error = await failureOf(new MetaClient(settingsFor(server.base)).request(request, page));
		expect(error).toMatchObject({ kind: 'transient', code: null, status: null });
		expect(everythingIn(error)).not.toContain(TOKEN);
	});

	test('that can’t be made names the reason only', async () => {
		const reserved = createServer();
		await new Promise<void>((resolve) => reserved.listen(0, '127.0.0.1', resolve));
		const address = reserved.address();
		const port = typeof address === 'object' ? address?.port : undefined;
		await new Promise((resolve) => reserved.close(resolve));
		const client = new MetaClient(settingsFor(`http://127.0.0.1:${port}`));
		const error = await failureOf(client.request(request, page));
		expect(error.message).toBe(
			'Meta gave no answer that can be read (ECONNREFUSED) to GET me/accounts'
		);
		expect(everythingIn(error)).not.toContain(`${port}`);
	});

	test('that the caller ends throws the caller’s reason, not an error of Meta’s', async () => {
		const caller = new AbortController();
		const reason = new Error('the show is over');
		await using server = await startServer(() => caller.abort(reason));
		const client = new MetaClient(settingsFor(server.base));
		const call = client.request({ ...request, signal: caller.signal }, page);
		await expect(call).rejects.toBe(reason);
	});
});

import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { fetchExportStatus } from './export-status.ts';
import type { ExportStatus } from './export-status.ts';

/** What is made of a server's answer. */
async function statusFrom(answer: RequestListener): Promise<ExportStatus> {
	const server = createServer(answer);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('the server has no port');
	try {
		return await fetchExportStatus(`http://127.0.0.1:${address.port}/shows/1/exports`);
	} finally {
		server.closeAllConnections();
		server.close();
	}
}

const json =
	(status: number, body: string): RequestListener =>
	(_request, response) =>
		void response.writeHead(status, { 'content-type': 'application/json' }).end(body);

test('ready is ready', async () => {
	expect(await statusFrom(json(200, '{"ready":true}'))).toEqual({ kind: 'ready' });
});

test('an obstacle is told in the server’s words', async () => {
	const body = '{"ready":false,"reason":"running","message":"The show is not over yet."}';
	const expected = { kind: 'not_ready', message: 'The show is not over yet.' };
	expect(await statusFrom(json(200, body))).toEqual(expected);
});

test.each([
	['signed out', (_, response) => void response.writeHead(303, { location: '/x' }).end()],
	['no longer here', json(404, '{"message":"…"}')],
	['try again in a moment', json(503, '{"message":"…"}')],
	['try again in a moment', json(200, '{}')],
	['try again in a moment', json(200, '<!doctype html>')],
	['can’t be reached', (request) => void request.destroy()]
] satisfies [string, RequestListener][])('a fault says “%s”', async (part, answer) => {
	const status = await statusFrom(answer);
	expect(status).toEqual({ kind: 'failed', message: expect.stringContaining(part) });
});

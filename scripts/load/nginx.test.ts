import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort, LOOPBACK } from '../services/loopback.ts';
import { findNginx, startNginx } from './nginx.ts';

const executable = await findNginx();
const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
	for (const end of ends.splice(0).reverse()) await end();
});

/** A web process whose Postgres is away: it can't look sessions up, but takes webhooks. */
async function startHalf(): Promise<number> {
	const port = await freePort();
	const server: Server = createServer((request, response) => {
		response.writeHead(request.url === '/api/trpc-ws' ? 503 : 200).end();
	});
	await new Promise<void>((resolve) => server.listen(port, LOOPBACK, resolve));
	ends.push(() => {
		server.closeAllConnections();
		return new Promise((resolve) => server.close(resolve));
	});
	return port;
}

/** nginx in front of two such processes. */
async function startSite(): Promise<{
	/** The status of the answer. */
	readonly ask: (path: string) => Promise<number>;
	readonly log: string;
}> {
	const folder = await mkdtemp(join(tmpdir(), 'sellary-nginx-'));
	ends.push(() => rm(folder, { recursive: true, force: true }));
	const port = await freePort();
	const webPorts = [await startHalf(), await startHalf()];
	const nginx = await startNginx({ executable: executable ?? '', folder, port, webPorts });
	ends.push(nginx.stop);
	return {
		ask: async (path) => (await fetch(`http://${LOOPBACK}:${port}${path}`)).status,
		log: join(folder, 'access.log')
	};
}

describe.skipIf(!executable)('nginx with our site', () => {
	test('asks processes that refuse consoles for everything else', async () => {
		const { ask } = await startSite();
		for (let attempt = 0; attempt < 5; attempt++) {
			expect(await ask('/api/trpc-ws')).toBe(503);
			expect(await ask('/webhooks/meta')).toBe(200);
		}
	});

	test('logs neither invitations nor people nor queries', async () => {
		const { ask, log } = await startSite();
		for (const path of ['/invite/s3cret', '/buyers/s3cret/erase', '/shows/1?q=s3cret']) {
			expect(await ask(path)).toBe(200);
		}
		// Written before nginx takes the next request.
		await ask('/dashboard');
		const lines = await readFile(log, 'utf8');
		expect(lines).toContain(' GET /invite/... 200 ');
		expect(lines).toContain(' GET /buyers/... 200 ');
		expect(lines).toContain(' GET /shows/1 200 ');
		expect(lines).not.toContain('s3cret');
	});
});

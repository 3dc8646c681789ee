import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
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

test.skipIf(!executable)(
	'processes that refuse consoles are still asked for everything else',
	async () => {
		const folder = await mkdtemp(join(tmpdir(), 'sellary-nginx-'));
		ends.push(() => rm(folder, { recursive: true, force: true }));
		const port = await freePort();
		const webPorts = [await startHalf(), await startHalf()];
		const nginx = await startNginx({ executable: executable ?? '', folder, port, webPorts });
		ends.push(nginx.stop);
		const statusOf = async (path: string): Promise<number> =>
			(await fetch(`http://${LOOPBACK}:${port}${path}`)).status;
		for (let attempt = 0; attempt < 5; attempt++) {
			expect(await statusOf('/api/trpc-ws')).toBe(503);
			expect(await statusOf('/webhooks/meta')).toBe(200);
		}
	}
);

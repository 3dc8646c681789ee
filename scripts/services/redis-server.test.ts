import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findRedisServer, startRedisServer } from './redis-server.ts';

const executable = await findRedisServer();

/** Real servers start and stop in each test. */
vi.setConfig({ testTimeout: 30_000 });

let dataDir: string;

beforeEach(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'sellary-test-'));
});

afterEach(async () => {
	await rm(dataDir, { recursive: true, force: true });
});

// The machine may have none; the embedded default then is the Valkey from npm.
describe.runIf(executable !== undefined)('redis-server', () => {
	const start = () => startRedisServer({ executable: executable ?? '', dataDir });

	it('acknowledges what survives SIGKILL, and is set up as in production', async () => {
		const first = await start();
		const client = new Redis(first.url, { retryStrategy: null });
		client.on('error', () => undefined);
		const settings = await client.config('GET', 'append*', 'maxmemory-policy');
		expect(settings).toMatchObject(
			expect.arrayContaining(['appendonly', 'appendfsync', 'always', 'noeviction'])
		);
		await client.set('claim', 'winner');
		const pid = Number(await readFile(join(dataDir, 'redis', 'redis.pid'), 'utf8'));
		process.kill(pid, 'SIGKILL');
		expect(await first.exited).not.toBe(0);

		const second = await start();
		const reader = new Redis(second.url);
		expect(await reader.get('claim')).toBe('winner');
		reader.disconnect();
		await second.stop();
		expect(await second.exited).toBe(0);
	});
});

describe('findRedisServer', () => {
	it('passes over servers older than 7', async () => {
		const program = (version: string) => `#!/bin/sh\necho "Server v=${version} sha=0:0"\n`;
		await writeFile(join(dataDir, 'redis-server'), program('6.2.14'), { mode: 0o755 });
		await writeFile(join(dataDir, 'valkey-server'), program('8.1.0'), { mode: 0o755 });
		const path = process.env['PATH'];
		process.env['PATH'] = dataDir;
		try {
			expect(await findRedisServer()).toBe(join(dataDir, 'valkey-server'));
			await rm(join(dataDir, 'valkey-server'));
			expect(await findRedisServer()).toBeUndefined();
		} finally {
			process.env['PATH'] = path;
		}
	});
});

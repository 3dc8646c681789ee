import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { projectRoot } from '../../src/lib/server/project-root.ts';
import { sleep } from '../services/loopback.ts';
import { startRedisCluster } from '../services/redis-cluster.ts';
import { findRedisServer, startRedisServer } from '../services/redis-server.ts';
import { copyAppendOnlyFile } from './redis-files.ts';

const executable = (await findRedisServer()) ?? '';

/** Real servers start and stop in each test. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let folder: string;
const ends: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'sellary-backup-'));
});

afterEach(async () => {
	for (const end of ends.splice(0).reverse()) await end();
	await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<{ readonly url: string; readonly admin: Redis }> {
	const server = await startRedisServer({ executable, dataDir: folder });
	const admin = new Redis(server.url);
	ends.push(server.stop, () => admin.quit());
	return { url: server.url, admin };
}

async function rewritePercentage(admin: Redis): Promise<string> {
	return String(await admin.config('GET', 'auto-aof-rewrite-percentage')).split(',')[1] ?? '';
}

describe.runIf(executable !== '')('a backup of Redis', () => {
	it('has what was acknowledged, and lets Redis rewrite its file afterwards', async () => {
		const { url, admin } = await start();
		await admin.set('claim', 'winner');
		await copyAppendOnlyFile(url, null, folder);
		const files = await readdir(join(folder, 'appendonlydir'));
		const texts = await Promise.all(
			files.map((name) => readFile(join(folder, 'appendonlydir', name), 'latin1'))
		);
		expect(texts.join('')).toContain('winner');
		expect(await rewritePercentage(admin)).toBe('100');
	});

	it('leaves no Redis behind that never rewrites its file when somebody interrupts it', async () => {
		const { url, admin } = await start();
		// A rewrite of half a minute, for which the backup waits.
		await admin.config('SET', 'rdb-key-save-delay', '75000');
		for (let key = 0; key < 400; key++) await admin.set(`key:${key}`, 'x');
		await admin.bgrewriteaof();
		const backup = spawn(
			process.execPath,
			[join(projectRoot(), 'scripts', 'backup.ts'), '--out', join(folder, 'out')],
			{
				env: { REDIS_URL: url, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' },
				stdio: ['ignore', 'ignore', 'pipe']
			}
		);
		let said = '';
		backup.stderr.on('data', (text) => (said += String(text)));
		const ended = once(backup, 'close');
		while ((await rewritePercentage(admin)) !== '0') await sleep(10);
		backup.kill('SIGTERM');
		// Ends the rewrite.
		await admin.config('SET', 'appendonly', 'no');
		await ended;
		expect(said).toContain('No backup: interrupted');
		expect(backup.exitCode).toBe(1);
		expect(await rewritePercentage(admin)).toBe('100');
	});

	it('is refused for a node of a cluster, says what to do instead, and leaves nothing behind', async () => {
		const cluster = await startRedisCluster({ executable, dataDir: folder, masters: 3 });
		ends.push(cluster.stop);
		const out = join(folder, 'out');
		const backup = spawn(
			process.execPath,
			[join(projectRoot(), 'scripts', 'backup.ts'), '--out', out],
			{
				env: { REDIS_URL: cluster.url, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' },
				stdio: ['ignore', 'ignore', 'pipe']
			}
		);
		let said = '';
		backup.stderr.on('data', (text) => (said += String(text)));
		await once(backup, 'close');
		expect(backup.exitCode).toBe(1);
		expect(said).toMatch(/node of a cluster[^]*--without-redis[^]*With Redis Cluster/);
		// A second attempt may have the same folder.
		expect(await readdir(folder)).not.toContain('out');
	});
});

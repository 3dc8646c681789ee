import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startPostgres } from './postgres.ts';
import { temporaryHome } from './postgres-home.ts';

/** Real servers start and stop in each test. */
vi.setConfig({ testTimeout: 30_000 });

let dataDir: string;

beforeEach(async () => {
	dataDir = await temporaryHome();
});

afterEach(async () => {
	await rm(dataDir, { recursive: true, force: true });
});

async function query(url: string, text: string): Promise<unknown[]> {
	const client = new Client({ connectionString: url });
	await client.connect();
	try {
		return (await client.query(text)).rows;
	} finally {
		await client.end();
	}
}

it('keeps its data over a stop and a start', async () => {
	const first = await startPostgres({ dataDir });
	await query(first.url, "create table item as select 'Größe Ω' as title");
	await first.stop();
	expect(await first.exited).toBe(0);

	const second = await startPostgres({ dataDir });
	expect(await query(second.url, 'select lower(title) as title from item')).toEqual([
		{ title: 'größe ω' }
	]);
	await second.stop();
});

it('starts after SIGKILL, even when its old process number belongs to another process', async () => {
	const first = await startPostgres({ dataDir });
	await query(first.url, 'create table item as select 12 as number');
	const pidFile = join(first.home, 'postgres', 'postmaster.pid');
	const content = await readFile(pidFile, 'utf8');
	process.kill(Number.parseInt(content, 10), 'SIGKILL');
	expect(await first.exited).not.toBe(0);
	await writeFile(pidFile, content.replace(/^\d+/, String(process.pid)));

	const second = await startPostgres({ dataDir });
	expect(await query(second.url, 'select number from item')).toEqual([{ number: 12 }]);
	await second.stop();
});

it('listens on the loopback address alone and wants the password, which nobody else can read', async () => {
	const postgres = await startPostgres({ dataDir, ephemeral: true });
	const wrong = new URL(postgres.url);
	wrong.password = 'password';
	await expect(query(wrong.href, 'select 1')).rejects.toThrow(/password authentication failed/);
	expect(
		await query(
			postgres.url,
			`select name, setting from pg_settings
			 where name in ('listen_addresses', 'unix_socket_directories') order by name`
		)
	).toEqual([
		{ name: 'listen_addresses', setting: '127.0.0.1' },
		{ name: 'unix_socket_directories', setting: '' }
	]);
	for (const name of ['postgres', 'postgres-password']) {
		expect((await stat(join(postgres.home, name))).mode & 0o077).toBe(0);
	}
	await postgres.stop();
});

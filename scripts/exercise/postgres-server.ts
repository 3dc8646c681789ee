import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { findOnPath, isExecutableFile } from '../lib/on-path.ts';
import { startGuarded } from '../services/guarded-process.ts';
import { LOOPBACK, freePort } from '../services/loopback.ts';
import { postgresAccount } from '../services/postgres-account.ts';

const run = promisify(execFile);
const START_TIMEOUT_MS = 30_000;
/** Where Debian and its kin keep one folder for each version. */
const VERSIONS = '/usr/lib/postgresql';

/** A PostgreSQL of its own, with an empty database. */
export type PostgresServer = { readonly url: string; stop(): Promise<void> };

/**
 * A folder with server and client of one version: pg_dump refuses servers that are newer than itself, and
 * npm's PostgreSQL has none. Null where there is none.
 */
export async function findPostgres(): Promise<string | null> {
	const versions = await readdir(VERSIONS).catch(() => []);
	const folders = [
		...versions
			.toSorted((a, b) => Number(b) - Number(a))
			.map((name) => join(VERSIONS, name, 'bin')),
		...(await findOnPath(['initdb'])).map((path) => path.slice(0, -'/initdb'.length))
	];
	for (const folder of folders) {
		const programs = ['initdb', 'postgres', 'pg_dump', 'pg_restore'];
		const usable = await Promise.all(programs.map((name) => isExecutableFile(join(folder, name))));
		if (usable.every(Boolean)) return folder;
	}
	return null;
}

/** Makes a cluster below `folder`, which every account can enter, and serves it. */
export async function startPostgres(bin: string, folder: string): Promise<PostgresServer> {
	const account = await postgresAccount();
	await mkdir(folder, { mode: 0o700 });
	const password = randomBytes(12).toString('hex');
	const secret = join(folder, 'password');
	await writeFile(secret, password, { mode: 0o600 });
	for (const path of [folder, secret]) {
		if (account) await chown(path, account.uid, account.gid);
	}
	const data = join(folder, 'data');
	const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' };
	const options = { cwd: folder, env, ...account };
	await run(
		join(bin, 'initdb'),
		[
			...['-D', data, '--username', 'sellary', '--pwfile', secret, '--auth', 'scram-sha-256'],
			...['--encoding', 'UTF8', '--locale', 'C', '--no-sync']
		],
		options
	);
	const port = await freePort();
	const settings = [`port=${port}`, `listen_addresses=${LOOPBACK}`, 'unix_socket_directories='];
	const server = startGuarded({
		command: join(bin, 'postgres'),
		args: ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
		cwd: folder,
		env,
		account,
		stopSignal: 'INT'
	});
	const url = (name: string): string =>
		`postgres://sellary:${password}@${LOOPBACK}:${port}/${name}`;
	try {
		await createDatabase(url('postgres'));
	} catch (error) {
		await server.stop();
		throw new Error(`PostgreSQL did not start:\n${server.output()}`, { cause: error });
	}
	return { url: url('sellary'), stop: () => server.stop() };
}

async function createDatabase(adminUrl: string): Promise<void> {
	const deadline = performance.now() + START_TIMEOUT_MS;
	for (;;) {
		const client = new pg.Client({ connectionString: adminUrl });
		client.on('error', () => undefined);
		try {
			await client.connect();
			await client.query('create database sellary');
			return;
		} catch (error) {
			if (performance.now() > deadline) throw error;
			await sleep(100);
		} finally {
			await client.end().catch(() => undefined);
		}
	}
}

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { projectRoot } from '../../src/lib/server/project-root.ts';
import type { GuardedProcess } from './guarded-process.ts';
import { startGuarded } from './guarded-process.ts';
import { LOOPBACK, PortTakenError, sleep, withFreePort } from './loopback.ts';
import { endOrphan } from './orphans.ts';
import type { Account } from './postgres-account.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { clusterFolder, postgresHome, substituteFolder } from './postgres-home.ts';

const run = promisify(execFile);

/** The superuser and the application's database share one name; this server serves nothing else. */
const NAME = 'sellary';

/** Recovery after a crash replays the log first. */
const START_TIMEOUT_MS = 120_000;
const READY = 'database system is ready to accept connections';

/** What a backend of a killed server leaves for the moment it needs to notice. */
const STILL_IN_USE = 'pre-existing shared memory block';
const STILL_IN_USE_ATTEMPTS = 50;

/** Speed for data that is thrown away in the end: nothing has to survive a power cut. */
const EPHEMERAL_SETTINGS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

export type RunningPostgres = {
	/** With the password; for clients on this machine only. */
	url: string;
	port: number;
	/** The folder with the data: the given one, or its substitute. */
	home: string;
	/** Resolves when the server has ended, asked to or not. */
	exited: Promise<number>;
	/** The last lines of its log. */
	output: () => string;
	stop: () => Promise<void>;
};

type Cluster = {
	native: string;
	home: string;
	data: string;
	password: string;
	account: Account | undefined;
	ephemeral: boolean;
};

/**
 * Starts a PostgreSQL on a free port of 127.0.0.1, with a database `sellary`, and resolves when it
 * takes connections. The first start creates the data, later ones use it again. The superuser's random
 * password stays beside the data, readable for the server's account only.
 *
 * @param options.dataDir exists; the caller holds its lock. The data goes to `postgres` in here, or
 *   elsewhere if the server's account can't enter it (see `postgresHome`).
 * @param options.ephemeral trades safety against a power cut for speed.
 * @throws Error with the server's own last words when it does not start.
 */
export async function startPostgres(options: {
	dataDir: string;
	ephemeral?: boolean;
}): Promise<RunningPostgres> {
	const { home, account } = await postgresHome(options.dataDir);
	const cluster = {
		native: await postgresBinaries(account, () => folderForCopies(account)),
		home,
		data: clusterFolder(home),
		password: await keptPassword(home, account),
		account,
		ephemeral: options.ephemeral ?? false
	};
	await createCluster(cluster);
	await removeStalePidFile(cluster);

	const running = await withFreePort((port) => startOn(port, cluster));
	const url = (database: string) =>
		`postgres://${NAME}:${cluster.password}@${LOOPBACK}:${running.port}/${database}`;
	try {
		await createDatabase(url('postgres'));
	} catch (error) {
		await running.server.stop();
		throw error;
	}
	return {
		url: url(NAME),
		port: running.port,
		home,
		exited: running.server.exited,
		output: running.server.output,
		stop: running.server.stop
	};
}

async function folderForCopies(account: Account | undefined): Promise<string> {
	if (account) return substituteFolder();
	const folder = join(projectRoot(), '.data');
	await mkdir(folder, { recursive: true });
	return folder;
}

/** The superuser's password, made at the first call. Hex digits, so that it fits into a URL. */
async function keptPassword(home: string, account: Account | undefined): Promise<string> {
	const file = join(home, 'postgres-password');
	const kept = await readFile(file, 'utf8').catch(() => undefined);
	if (kept !== undefined) return kept.trim();

	if (existsSync(clusterFolder(home))) {
		throw new Error(`${file} is missing. Remove the database beside it to start afresh.`);
	}
	const password = randomBytes(24).toString('hex');
	await writeFile(file, `${password}\n`, { mode: 0o600 });
	// initdb reads it as the server's account.
	if (account) await chown(file, account.uid, account.gid);
	return password;
}

/**
 * Creates the data folder unless it is there. It is made under another name first: an interrupted
 * initdb then leaves nothing that looks like a database.
 */
async function createCluster(cluster: Cluster): Promise<void> {
	if (existsSync(cluster.data)) return;

	const staging = `${cluster.data}.new`;
	await rm(staging, { recursive: true, force: true });
	await mkdir(staging, { mode: 0o700 });
	if (cluster.account) await chown(staging, cluster.account.uid, cluster.account.gid);
	const args = [
		['--pgdata', staging],
		['--username', NAME],
		['--pwfile', join(cluster.home, 'postgres-password')],
		['--auth', 'scram-sha-256'],
		// Same text rules on every machine, whatever locales it has: PostgreSQL's own UTF-8 ones.
		['--encoding', 'UTF8'],
		['--locale', 'C'],
		['--locale-provider', 'builtin'],
		['--builtin-locale', 'C.UTF-8'],
		['--no-instructions'],
		cluster.ephemeral ? ['--no-sync'] : []
	];
	try {
		await run(join(cluster.native, 'bin', 'initdb'), args.flat(), {
			cwd: cluster.home,
			env: serverEnvironment(),
			...cluster.account
		});
		await rename(staging, cluster.data);
	} catch (error) {
		await rm(staging, { recursive: true, force: true });
		throw error;
	}
}

/** Without the user's own PG* variables, which the server would obey, too; messages in English. */
function serverEnvironment(): Record<string, string> {
	return { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' };
}

/**
 * A server killed with SIGKILL leaves its pid file. PostgreSQL removes it itself only if no process
 * of the same account has that number by now, which in containers often one has.
 */
async function removeStalePidFile(cluster: Cluster): Promise<void> {
	const pidFile = join(cluster.data, 'postmaster.pid');
	await endOrphan(pidFile, (commandLine) => commandLine.includes(` -D ${cluster.data} `));
	await rm(pidFile, { force: true });
}

type StartedServer = { port: number; server: GuardedProcess };

async function startOn(port: number, cluster: Cluster): Promise<StartedServer> {
	const settings = [
		`port=${port}`,
		`listen_addresses=${LOOPBACK}`,
		'unix_socket_directories=',
		'max_connections=200',
		'timezone=UTC',
		'log_timezone=UTC',
		// The log's destination is this process, whatever the data folder's file says.
		'log_destination=stderr',
		'logging_collector=off',
		...(cluster.ephemeral ? EPHEMERAL_SETTINGS : [])
	];
	for (let attempt = 1; ; attempt++) {
		const server = startGuarded({
			command: join(cluster.native, 'bin', 'postgres'),
			args: ['-D', cluster.data, ...settings.flatMap((setting) => ['-c', setting])],
			cwd: cluster.data,
			env: serverEnvironment(),
			account: cluster.account,
			// Fast shutdown; for data that is thrown away anyway, the immediate one.
			stopSignal: cluster.ephemeral ? 'QUIT' : 'INT'
		});
		if (await isReady(server)) return { port, server };

		await server.stop();
		const output = server.output();
		if (/could not bind|address already in use/i.test(output)) throw new PortTakenError(output);
		if (!output.includes(STILL_IN_USE) || attempt === STILL_IN_USE_ATTEMPTS) {
			throw new Error(`PostgreSQL did not start with the data at ${cluster.data}:\n${output}`);
		}
		await sleep(100);
	}
}

async function isReady(server: GuardedProcess): Promise<boolean> {
	const deadline_ms = performance.now() + START_TIMEOUT_MS;
	while (!server.output().includes(READY)) {
		if (server.hasExited() || performance.now() > deadline_ms) return false;
		await sleep(10);
	}
	return true;
}

async function createDatabase(adminUrl: string): Promise<void> {
	const client = new Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000 });
	await client.connect();
	try {
		const found = await client.query('select 1 from pg_database where datname = $1', [NAME]);
		if (found.rowCount === 0) await client.query(`create database ${NAME}`);
	} finally {
		await client.end();
	}
}

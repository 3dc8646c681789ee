import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath } from '../lib/on-path.ts';
import { startGuarded } from './guarded-process.ts';
import { LOOPBACK, PortTakenError, redisCommand, sleep, withFreePort } from './loopback.ts';
import { endOrphan } from './orphans.ts';

const run = promisify(execFile);

/** Sharded pub/sub and functions came with Redis 7; the application needs the former. */
const OLDEST_MAJOR = 7;

/** Loading a large append-only file takes its time; nothing answers PONG before. */
const START_TIMEOUT_MS = 60_000;

export type RunningRedis = {
	url: string;
	port: number;
	/** Resolves when the server has ended, asked to or not. */
	exited: Promise<number>;
	/** The last lines of its log. */
	output: () => string;
	stop: () => Promise<void>;
};

/** The first `redis-server` or `valkey-server` on the PATH that is recent enough, if there is one. */
export async function findRedisServer(): Promise<string | undefined> {
	for (const path of await findOnPath(['redis-server', 'valkey-server'])) {
		const major = await majorVersion(path);
		if (major !== undefined && major >= OLDEST_MAJOR) return path;
	}
	return undefined;
}

async function majorVersion(path: string): Promise<number | undefined> {
	try {
		const { stdout } = await run(path, ['--version'], { timeout: 5_000 });
		const major = /\bv=(\d+)\./.exec(stdout)?.[1];
		return major === undefined ? undefined : Number(major);
	} catch {
		return undefined;
	}
}

/**
 * Starts a Redis server on a free port of 127.0.0.1 and resolves when it answers. Every write is on
 * the disk before it is acknowledged, as in production (DESIGN §5), so what was acknowledged is there
 * after any crash.
 *
 * @param options.executable from `findRedisServer`.
 * @param options.dataDir the append-only files go to `redis` in here; the caller holds its lock.
 * @throws Error with the server's own last words when it does not start.
 */
export async function startRedisServer(options: {
	executable: string;
	dataDir: string;
}): Promise<RunningRedis> {
	const folder = join(options.dataDir, 'redis');
	await mkdir(folder, { recursive: true, mode: 0o700 });
	const pidFile = join(folder, 'redis.pid');
	await endOrphan(pidFile, (commandLine) => commandLine.includes(` --dir ${folder} `));
	return withFreePort((port) => startOn(port, { ...options, folder, pidFile }));
}

async function startOn(
	port: number,
	options: { executable: string; folder: string; pidFile: string }
): Promise<RunningRedis> {
	const settings = [
		['--port', String(port)],
		['--bind', LOOPBACK],
		['--protected-mode', 'yes'],
		['--dir', options.folder],
		['--pidfile', options.pidFile],
		// Keeps the command line as it is, by which a left-over server is recognised.
		['--set-proc-title', 'no'],
		['--daemonize', 'no'],
		['--appendonly', 'yes'],
		['--appendfsync', 'always'],
		['--maxmemory-policy', 'noeviction'],
		['--save', '']
	];
	const server = startGuarded({
		command: options.executable,
		args: settings.flat(),
		cwd: options.folder,
		stopSignal: 'TERM'
	});

	const deadline_ms = performance.now() + START_TIMEOUT_MS;
	while ((await ping(port)) !== '+PONG') {
		if (server.hasExited() || performance.now() > deadline_ms) {
			await server.stop();
			const output = server.output();
			if (/address already in use/i.test(output)) throw new PortTakenError(output);
			throw new Error(`${options.executable} did not start:\n${output}`);
		}
		await sleep(20);
	}
	return {
		url: `redis://${LOOPBACK}:${port}`,
		port,
		exited: server.exited,
		output: server.output,
		stop: server.stop
	};
}

async function ping(port: number): Promise<string> {
	return redisCommand(port, 'PING').catch(() => '');
}

import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { projectRoot } from '../../src/lib/server/project-root.ts';
import { readState } from './data-folder.ts';
import type { Ownership } from './launch.ts';
import { launch } from './launch.ts';
import { redisCommand, sleep } from './loopback.ts';
import type { RunningServices, State, Task } from './messages.ts';
import { taskSchema } from './messages.ts';

export type EnsureOptions = {
	/** A Redis to use as it is; without it (or if empty) one is started. */
	redisUrl?: string | undefined;
	/** A PostgreSQL to use as it is; without it (or if empty) one is started. */
	databaseUrl?: string | undefined;
	/**
	 * Which Redis to start: `server` is a redis-server or valkey-server from the PATH, `wasm` the one
	 * that npm installed, `auto` the former if there is one. Default: the environment's
	 * EMBEDDED_REDIS, else `auto`.
	 */
	redisKind?: 'auto' | 'server' | 'wasm' | undefined;
	/** Where the data stays. Default: `.data` in the project. Not for `ephemeral`. */
	dataDir?: string | undefined;
	/** For tests: services of its own with empty data, which is thrown away at the end. */
	ephemeral?: boolean | undefined;
};

export type Services = {
	redisUrl: string;
	databaseUrl: string;
	redisKind: 'external' | 'server' | 'wasm';
} & Ownership;

/** Longer than a PostgreSQL may take for its recovery after a crash. */
const START_TIMEOUT_MS = 150_000;
/** Between two looks at services that another command is starting or stopping. */
const RETRY_MS = 100;
/** What the services' process takes to notice the end of the command that owns it, and to spare. */
const NOTICE_MS = 150;

/**
 * Gives the application a Redis and a PostgreSQL: those whose URLs are given, and started ones for
 * the rest. These run in a process of their own, on free ports of 127.0.0.1. They end with `stop`, or
 * when this process is gone, however it went; never before, so stop them last. They don't
 * keep this process alive.
 *
 * Unless `ephemeral`, all commands of one data folder share the services which the first one
 * started, as long as that one runs.
 *
 * @throws Error that says what to do, if they can't be started, or the running ones don't fit.
 */
export async function ensureServices(options: EnsureOptions = {}): Promise<Services> {
	const given = { redisUrl: options.redisUrl || null, databaseUrl: options.databaseUrl || null };
	if (given.redisUrl !== null && given.databaseUrl !== null) {
		return asServices(options, { ...given, redisKind: null }, notOwned());
	}
	const task: Task = {
		redis: given.redisUrl === null,
		postgres: given.databaseUrl === null,
		redisKind: options.redisKind ?? redisKindOfEnvironment(),
		dataDir: options.ephemeral ? null : resolve(options.dataDir ?? join(projectRoot(), '.data'))
	};
	if (task.dataDir !== null) return shareOrStart(options, task, task.dataDir);
	const started = await launch(task);
	if (started === 'busy') throw new Error('A new temporary folder is in use already.');
	return asServices(options, started.running, started);
}

function redisKindOfEnvironment(): Task['redisKind'] {
	const kind = taskSchema.shape.redisKind.safeParse(process.env['EMBEDDED_REDIS'] || 'auto');
	if (kind.success) return kind.data;
	throw new Error('EMBEDDED_REDIS must be one of auto, server, wasm.');
}

async function shareOrStart(
	options: EnsureOptions,
	task: Task,
	dataDir: string
): Promise<Services> {
	const deadline_ms = performance.now() + START_TIMEOUT_MS;
	for (;;) {
		const state = await readState(dataDir);
		if (state && (await isAlive(state)) && (await isNotEnding(state, dataDir))) {
			requireFit(state, task);
			return asServices(options, state, notOwned());
		}
		const started = await launch(task);
		if (started !== 'busy') return asServices(options, started.running, started);
		// Another command is starting them, or stopping them. Its note tells which.
		if (performance.now() > deadline_ms) {
			throw new Error(
				`Another command holds ${dataDir}, but its services do not answer. Stop that command.`
			);
		}
		await sleep(RETRY_MS);
	}
}

/** Whether the noted services answer; the note may be of a process that was killed. */
async function isAlive(state: State): Promise<boolean> {
	const answers = await Promise.all([
		state.redisUrl === null || redisAnswers(state.redisUrl),
		state.databaseUrl === null || databaseAnswers(state.databaseUrl)
	]);
	return answers.every(Boolean);
}

/**
 * Whether the services stay. Those of a command that was killed a moment ago still answer, but the
 * first thing they do when they notice is to remove their note.
 */
async function isNotEnding(state: State, dataDir: string): Promise<boolean> {
	await sleep(NOTICE_MS);
	return (await readState(dataDir))?.pid === state.pid;
}

async function redisAnswers(url: string): Promise<boolean> {
	const reply = await redisCommand(Number(new URL(url).port), 'PING').catch(() => '');
	return reply === '+PONG';
}

async function databaseAnswers(url: string): Promise<boolean> {
	const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
	// A connection that breaks while idle must not end this process.
	client.on('error', () => undefined);
	try {
		await client.connect();
		await client.query('select 1');
		return true;
	} catch {
		return false;
	} finally {
		await client.end().catch(() => undefined);
	}
}

/** @throws Error if the running services are not those the task asks for. */
function requireFit(state: State, task: Task): void {
	const advice = `Stop the command that runs them (process ${state.pid}) first.`;
	if (task.redis && state.redisUrl === null) {
		throw new Error(`This project's services already run, but without Redis. ${advice}`);
	}
	if (task.postgres && state.databaseUrl === null) {
		throw new Error(`This project's services already run, but without PostgreSQL. ${advice}`);
	}
	if (task.redis && task.redisKind !== 'auto' && task.redisKind !== state.redisKind) {
		throw new Error(
			`This project's services already run, but with the Redis "${state.redisKind}". ${advice}`
		);
	}
}

function notOwned(): Ownership {
	return { owned: false, ended: new Promise(() => undefined), stop: async () => undefined };
}

function asServices(
	options: EnsureOptions,
	running: RunningServices,
	ownership: Ownership
): Services {
	const redisUrl = options.redisUrl || running.redisUrl;
	const databaseUrl = options.databaseUrl || running.databaseUrl;
	if (redisUrl === null || databaseUrl === null) throw new Error('A service was not started.');
	return {
		redisUrl,
		databaseUrl,
		redisKind: options.redisUrl ? 'external' : (running.redisKind ?? 'external'),
		owned: ownership.owned,
		ended: ownership.ended,
		stop: ownership.stop
	};
}

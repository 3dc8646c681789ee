import { realpath, rm } from 'node:fs/promises';
import { lockDataFolder, removeState, writeState } from './data-folder.ts';
import type { Report, RunningServices, Task } from './messages.ts';
import { taskSchema } from './messages.ts';
import { startPostgres } from './postgres.ts';
import { temporaryHome } from './postgres-home.ts';
import { findRedisServer, startRedisServer } from './redis-server.ts';
import { startValkey } from './valkey-wasm.ts';

/*
 * The process which runs the embedded services, started by `ensure.ts`: takes a task (`messages.ts`) as
 * its only argument, writes one line of JSON to stdout when all answer, and lives until its stdin
 * closes, which happens when whoever started it asks for the stop or is gone, however it went. SIGTERM and SIGINT
 * stop it, too. `ensure.ts` starts it in a session of its own, so that the terminal's Ctrl-C reaches
 * the application alone, which can then drain while Redis and PostgreSQL are still there.
 */

/** One running service; `exited` is absent for the one inside this process. */
type Service = {
	name: string;
	stop: () => Promise<void>;
	exited?: Promise<number>;
	output?: () => string;
};

/** What there is to clean up, also after a start that failed half-way. */
const services: Service[] = [];
let temporaryFolder: string | undefined;
let notedIn: string | undefined;

async function main(): Promise<void> {
	const stopping = whenToStop();
	const task = taskSchema.parse(JSON.parse(process.argv[2] ?? ''));
	try {
		const report = await start(task);
		tell(report);
		if ('busy' in report) return;
		const end = await Promise.race([stopping, ...services.map(unexpectedEnd)]);
		if (end !== undefined) {
			process.exitCode = 1;
			console.error(end);
		}
	} catch (error) {
		process.exitCode = 1;
		tell({ error: error instanceof Error ? error.message : String(error) });
	} finally {
		await stop();
	}
}

async function start(task: Task): Promise<Report> {
	let dataDir = task.dataDir;
	if (dataDir === null) {
		temporaryFolder = await temporaryHome();
		dataDir = temporaryFolder;
	} else {
		if (!(await lockDataFolder(dataDir))) return { busy: true };
		// One name for one folder, however it was called: left-over servers are known by it.
		dataDir = await realpath(dataDir);
		notedIn = dataDir;
		await removeState(dataDir);
	}
	// Both are waited for even if one fails: what has been started must be known to stop().
	const [redis, postgres] = await Promise.allSettled([
		task.redis ? startRedis(task, dataDir) : null,
		task.postgres ? startDatabase(task, dataDir) : null
	]);
	if (redis.status === 'rejected') throw redis.reason;
	if (postgres.status === 'rejected') throw postgres.reason;

	const running: RunningServices = {
		redisUrl: redis.value?.url ?? null,
		redisKind: redis.value?.kind ?? null,
		databaseUrl: postgres.value
	};
	if (notedIn !== undefined) await writeState(notedIn, { ...running, pid: process.pid });
	return running;
}

async function startRedis(
	task: Task,
	dataDir: string
): Promise<{ url: string; kind: 'server' | 'wasm' }> {
	const executable = task.redisKind === 'wasm' ? undefined : await findRedisServer();
	if (executable !== undefined) {
		const server = await startRedisServer({ executable, dataDir });
		services.push({ name: 'Redis', ...server });
		return { url: server.url, kind: 'server' };
	}
	if (task.redisKind === 'server') {
		throw new Error(
			'EMBEDDED_REDIS=server needs redis-server or valkey-server, version 7 or later, on the PATH. ' +
				'Install one (apt-get install redis-server, brew install valkey), or unset EMBEDDED_REDIS.'
		);
	}
	const valkey = await startValkey();
	services.push({ name: 'Valkey', stop: valkey.stop });
	return { url: valkey.url, kind: 'wasm' };
}

async function startDatabase(task: Task, dataDir: string): Promise<string> {
	const postgres = await startPostgres({ dataDir, ephemeral: task.dataDir === null });
	services.push({ name: 'PostgreSQL', ...postgres });
	return postgres.url;
}

/** Resolves with what to say about it when the service ends without having been asked to. */
async function unexpectedEnd(service: Service): Promise<string> {
	if (!service.exited) return new Promise(() => undefined);
	const code = await service.exited.catch(String);
	return `The embedded ${service.name} ended unexpectedly (${code}):\n${service.output?.() ?? ''}`;
}

async function stop(): Promise<void> {
	// First of all: no other command must begin to share what is about to end.
	if (notedIn !== undefined) await removeState(notedIn);
	await Promise.allSettled(services.map((service) => service.stop()));
	if (temporaryFolder !== undefined) {
		await rm(temporaryFolder, { recursive: true, force: true, maxRetries: 5 });
	}
}

/** Resolves when it is time to stop: with nothing if asked to, with the reason after a failure. */
function whenToStop(): Promise<string | undefined> {
	return new Promise((resolve) => {
		const asked = () => resolve(undefined);
		process.stdin.once('end', asked).once('close', asked).once('error', asked).resume();
		// Listeners that stay: a second signal must not cut the clean stop short.
		process.on('SIGTERM', asked).on('SIGINT', asked).on('SIGHUP', asked);
		// The Valkey in this process fails this way.
		process.on('uncaughtException', (error) => resolve(error.stack ?? String(error)));
	});
}

function tell(report: Report): void {
	process.stdout.write(`${JSON.stringify(report)}\n`);
}

// The reader may be gone by the time something is said; the stop goes on all the same.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
await main();
process.exit();

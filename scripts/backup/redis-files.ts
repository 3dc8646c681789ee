import {
	chmod,
	chown,
	copyFile,
	mkdir,
	readFile,
	readdir,
	stat,
	writeFile
} from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** Where a backup keeps them; the name that Redis gives them by default. */
const FOLDER = 'appendonlydir';
const MANIFEST = 'appendonly.aof.manifest';
const REWRITE_POLL_MS = 100;
/** A server that rewrites all the time has a problem of its own. */
const REWRITE_PATIENCE_MS = 10 * 60_000;
/** Said before anything is copied: a copy of one node would look like a backup. */
const CLUSTER_REFUSED = `Redis is a node of a cluster: its file has the shows of one master alone.
Back Postgres up with --without-redis: shows are rebuilt from it. What is lost then is what Postgres did not
have yet, usually the last half second of claims, and webhook deliveries that waited. To lose less, keep the
files of every master as well: docs/operations/deployment.md, "With Redis Cluster".`;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

async function setting(redis: Redis, name: string): Promise<string> {
	const reply: unknown = await redis.config('GET', name);
	const value: unknown = Array.isArray(reply)
		? reply[1]
		: typeof reply === 'object' && reply !== null
			? Object.values(reply)[0]
			: undefined;
	return typeof value === 'string' ? value : '';
}

async function untilNoRewrite(redis: Redis): Promise<void> {
	const deadline = performance.now() + REWRITE_PATIENCE_MS;
	while (/aof_rewrite_(?:in_progress|scheduled):1/.test(await redis.info('persistence'))) {
		if (performance.now() > deadline) throw new Error('Redis does not end rewriting its file');
		await sleep(REWRITE_POLL_MS);
	}
}

/** Files that a manifest of an append-only file names, the base before what was appended to it. */
function filesOf(manifest: string): string[] {
	return [...manifest.matchAll(/^file (\S+) seq \d+ type [bi]/gm)].map((match) => match[1] ?? '');
}

/**
 * Does something that must not be left half done: whoever interrupts the process meanwhile is heard after it.
 * Throws when that was so.
 */
async function undisturbed(work: () => Promise<void>): Promise<void> {
	let isInterrupted = false;
	const interrupt = (): void => {
		isInterrupted = true;
	};
	for (const signal of SIGNALS) process.on(signal, interrupt);
	try {
		await work();
	} finally {
		for (const signal of SIGNALS) process.off(signal, interrupt);
	}
	if (isInterrupted) throw new Error('interrupted');
}

/**
 * Copies the append-only file of a running server into the backup, as Redis's manual says: without a rewrite
 * meanwhile. All that was acknowledged before the call is in the copy. `dataFolder`: the server's data folder
 * as seen from here; null when it is where the server says.
 */
export async function copyAppendOnlyFile(
	redisUrl: string,
	dataFolder: string | null,
	backup: string
): Promise<void> {
	const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1, lazyConnect: true });
	redis.on('error', () => undefined);
	await redis.connect();
	try {
		if (/redis_mode:cluster/.test(await redis.info('server'))) {
			throw new Error(CLUSTER_REFUSED);
		}
		if ((await setting(redis, 'appendonly')) !== 'yes') {
			throw new Error(
				'Redis keeps no append-only file: set appendonly yes, or use --without-redis'
			);
		}
		const name = await setting(redis, 'appendfilename');
		const folder = await setting(redis, 'appenddirname');
		const from = join(dataFolder ?? (await setting(redis, 'dir')), folder);
		const percentage = await setting(redis, 'auto-aof-rewrite-percentage');
		await undisturbed(async () => {
			await redis.config('SET', 'auto-aof-rewrite-percentage', '0');
			try {
				await untilNoRewrite(redis);
				await copyFiles(from, `${name}.manifest`, join(backup, FOLDER));
			} finally {
				await redis.config('SET', 'auto-aof-rewrite-percentage', percentage);
			}
		});
	} finally {
		redis.disconnect();
	}
}

async function copyFiles(from: string, manifestName: string, to: string): Promise<void> {
	const manifest = await readFile(join(from, manifestName), 'utf8').catch(() => {
		throw new Error(
			`${from} can’t be read here: say with --redis-dir where Redis's data folder is`
		);
	});
	await mkdir(to, { mode: 0o700 });
	for (const name of filesOf(manifest)) {
		await copyFile(join(from, name), join(to, name));
		await chmod(join(to, name), 0o600);
	}
	if ((await readFile(join(from, manifestName), 'utf8')) !== manifest) {
		throw new Error('Redis rewrote its file meanwhile (BGREWRITEAOF by hand?): try again');
	}
	await writeFile(join(to, MANIFEST), manifest, { mode: 0o600 });
}

/** Whether a server answers at the URL. */
export async function redisAnswers(redisUrl: string): Promise<boolean> {
	const redis = new Redis(redisUrl, {
		lazyConnect: true,
		maxRetriesPerRequest: 0,
		connectTimeout: 2_000,
		retryStrategy: () => null
	});
	redis.on('error', () => undefined);
	try {
		await redis.connect();
		return true;
	} catch {
		return false;
	} finally {
		redis.disconnect();
	}
}

/**
 * Puts the files into the data folder of a server that does not run. They belong to whom the folder belongs
 * to. Throws when something is there: a server would take it for its own.
 */
export async function placeAppendOnlyFile(backup: string, dataFolder: string): Promise<void> {
	const to = join(dataFolder, FOLDER);
	const present = await readdir(to).catch(() => []);
	if (present.length > 0) throw new Error(`${to} is not empty: move it away first`);
	const owner = await stat(dataFolder);
	await mkdir(to, { recursive: true, mode: 0o700 });
	const from = join(backup, FOLDER);
	const own = async (path: string): Promise<void> => {
		if (process.getuid?.() === 0) await chown(path, owner.uid, owner.gid);
	};
	await own(to);
	for (const name of await readdir(from)) {
		await copyFile(join(from, name), join(to, name));
		await own(join(to, name));
	}
}

import { readFile, readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { redisCommand } from '../../services/loopback.ts';
import { clusterFolder } from '../../services/postgres-home.ts';
import { startPostgres } from '../../services/postgres.ts';
import type { RunningPostgres } from '../../services/postgres.ts';
import { startRedisServer } from '../../services/redis-server.ts';
import type { RunningRedis } from '../../services/redis-server.ts';
import { within } from './within.ts';

/** A server that can be killed and started again on the data that it left. */
export type KillableServer = {
	readonly url: string;
	readonly port: number;
	/** Number of its process. */
	pid(): Promise<number>;
	/** SIGKILL; returns when it is gone. */
	kill(): Promise<void>;
	/** Waits for an end that somebody else brings. False when it still runs after that time. */
	endsWithin(ms: number): Promise<boolean>;
	/** Starts it on its data; it may have another port then. */
	start(): Promise<void>;
	stop(): Promise<void>;
};

async function readPid(file: string): Promise<number> {
	const pid = Number.parseInt(await readFile(file, 'utf8'), 10);
	if (pid > 1) return pid;
	throw new Error(`${file} names no process`);
}

/** Bytes that the server had written to the end of its append-only file, and a power cut took. */
export type TailCut = { readonly bytes: number };

export class RedisUnderTest implements KillableServer {
	readonly #executable: string;
	readonly #dataDir: string;
	#running: RunningRedis | null = null;
	#mode: 'always' | 'everysec' = 'always';

	constructor(executable: string, dataDir: string) {
		this.#executable = executable;
		this.#dataDir = dataDir;
	}

	get url(): string {
		return this.#current.url;
	}

	get port(): number {
		return this.#current.port;
	}

	get #current(): RunningRedis {
		if (!this.#running) throw new Error('Redis does not run');
		return this.#running;
	}

	async start(): Promise<void> {
		this.#running = await startRedisServer({
			executable: this.#executable,
			dataDir: this.#dataDir
		});
		await this.flushes(this.#mode);
	}

	/** How it flushes its append-only file, now and after each start. */
	async flushes(mode: 'always' | 'everysec'): Promise<void> {
		this.#mode = mode;
		await this.command(`CONFIG SET appendfsync ${mode}`);
	}

	/** Runs one command over a connection of its own. Throws when it is refused. */
	async command(command: string): Promise<void> {
		const reply = await redisCommand(this.port, command);
		if (reply.startsWith('-')) throw new Error(`${command}: ${reply}`);
	}

	pid(): Promise<number> {
		return readPid(join(this.#dataDir, 'redis', 'redis.pid'));
	}

	async kill(): Promise<void> {
		const { exited } = this.#current;
		process.kill(await this.pid(), 'SIGKILL');
		await exited;
	}

	endsWithin(ms: number): Promise<boolean> {
		return within(ms, this.#current.exited);
	}

	/** Cuts the tail off the append-only file of a server that is dead: at most `bytes` of it. */
	async cutTail(bytes: number): Promise<TailCut> {
		const folder = join(this.#dataDir, 'redis', 'appendonlydir');
		const newest = (await readdir(folder))
			.filter((name) => name.endsWith('.incr.aof'))
			.sort((a, b) => generation(a) - generation(b))
			.at(-1);
		if (newest === undefined) return { bytes: 0 };
		const file = join(folder, newest);
		const { size } = await stat(file);
		const cut = Math.min(bytes, size);
		await truncate(file, size - cut);
		return { bytes: cut };
	}

	async stop(): Promise<void> {
		await this.#running?.stop();
	}
}

/** `appendonly.aof.7.incr.aof` → 7. */
function generation(name: string): number {
	return Number(/\.(\d+)\.incr\.aof$/.exec(name)?.[1] ?? 0);
}

export class PostgresUnderTest implements KillableServer {
	readonly #dataDir: string;
	#running: RunningPostgres | null = null;

	constructor(dataDir: string) {
		this.#dataDir = dataDir;
	}

	get url(): string {
		return this.#current.url;
	}

	get port(): number {
		return this.#current.port;
	}

	get #current(): RunningPostgres {
		if (!this.#running) throw new Error('Postgres does not run');
		return this.#running;
	}

	async start(): Promise<void> {
		this.#running = await startPostgres({ dataDir: this.#dataDir });
	}

	pid(): Promise<number> {
		return readPid(join(clusterFolder(this.#current.home), 'postmaster.pid'));
	}

	async kill(): Promise<void> {
		const { exited } = this.#current;
		process.kill(await this.pid(), 'SIGKILL');
		await exited;
	}

	endsWithin(ms: number): Promise<boolean> {
		return within(ms, this.#current.exited);
	}

	async stop(): Promise<void> {
		await this.#running?.stop();
	}
}

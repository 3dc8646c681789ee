import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { percentile } from './statistics.ts';
import type { Workbench } from './workbench.ts';

/** What the figures were taken on. */
export type MachineFacts = {
	readonly cores: number;
	readonly cpu: string;
	readonly memoryGb: number;
	readonly node: string;
	readonly redis: string;
	readonly redisKind: string;
	readonly postgres: string;
	/** What a flush of 4 KB to the services' disk takes, microseconds. */
	readonly fsyncMicroseconds: number;
	/** Work of others on the machine when the benchmark started (one-minute load average). */
	readonly loadAverage: number;
};

const FLUSHES = 200;
const BLOCK_BYTES = 4_096;

async function flushMicroseconds(folder: string): Promise<number> {
	const file = join(folder, 'flush-probe');
	const descriptor = openSync(file, 'w');
	const block = Buffer.alloc(BLOCK_BYTES);
	const times: number[] = [];
	for (let flush = 0; flush < FLUSHES; flush++) {
		writeSync(descriptor, block);
		const startedAt = performance.now();
		fdatasyncSync(descriptor);
		times.push((performance.now() - startedAt) * 1_000);
	}
	closeSync(descriptor);
	await rm(file);
	return Math.round(
		percentile(
			times.sort((a, b) => a - b),
			0.5
		)
	);
}

/** Work of everybody on the machine, one-minute average. */
export function loadAverage(): number {
	return Math.round((loadavg()[0] ?? 0) * 100) / 100;
}

export async function machineFacts(bench: Workbench): Promise<MachineFacts> {
	const { context, services } = bench;
	const server = await context.redis.info('server');
	const redis =
		/valkey_version:(\S+)/.exec(server)?.[1] ?? /redis_version:(\S+)/.exec(server)?.[1] ?? '';
	const name = server.includes('valkey_version') ? 'Valkey' : 'Redis';
	const version = await sql<{ server_version: string }>`show server_version`.execute(context.db);
	return {
		cores: cpus().length,
		cpu: cpus()[0]?.model ?? '',
		memoryGb: Math.round(totalmem() / 2 ** 30),
		node: process.version,
		redis: `${name} ${redis}${services.redisKind === 'wasm' ? ' (WebAssembly)' : ''}`,
		redisKind: services.redisKind,
		postgres: version.rows[0]?.server_version ?? '',
		fsyncMicroseconds: await flushMicroseconds(bench.dataDir),
		loadAverage: loadAverage()
	};
}

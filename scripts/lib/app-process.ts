import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../../src/lib/server/project-root.ts';

/** What the build is made from; anything newer than it makes it stale. */
const BUILD_INPUTS = [
	'src',
	'lua',
	'static',
	'package-lock.json',
	'svelte.config.js',
	'vite.config.ts'
];
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;

function newestChange(path: string): number {
	const stats = statSync(path);
	if (!stats.isDirectory()) return stats.mtimeMs;
	return readdirSync(path).reduce(
		(newest, name) => Math.max(newest, newestChange(join(path, name))),
		stats.mtimeMs
	);
}

/** Whether `build/` is missing or older than its sources. */
export function isBuildStale(): boolean {
	const root = projectRoot();
	const built = join(root, 'build', 'index.js');
	if (!existsSync(built)) return true;
	const builtAt = statSync(built).mtimeMs;
	return BUILD_INPUTS.some((input) => newestChange(join(root, input)) > builtAt);
}

/** Builds the application; its output is shown only when it fails. Throws then. */
export async function buildApp(): Promise<void> {
	const vite = join(projectRoot(), 'node_modules', 'vite', 'bin', 'vite.js');
	const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
		cwd: projectRoot(),
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, NODE_ENV: 'production' }
	});
	let output = '';
	child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
	child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
	const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
	if (code !== 0) throw new Error(`The build failed:\n${output}`);
}

function canListen(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const probe = createServer();
		probe.once('error', () => resolve(false));
		probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
	});
}

/** The first free loopback port from `wanted` on. */
export async function freePort(wanted: number): Promise<number> {
	for (let port = wanted; port < wanted + 100; port++) if (await canListen(port)) return port;
	throw new Error(`No port from ${wanted} to ${wanted + 99} is free.`);
}

export type AppProcess = {
	readonly child: ChildProcess;
	readonly origin: string;
	/** Resolves with the exit code when the server has ended, asked to or not. */
	readonly ended: Promise<number | null>;
	/** Asks it to end and waits for it. */
	stop(): Promise<void>;
};

/**
 * Starts the production build as its own process on a loopback port, and waits until it is ready.
 * `output`: where its stdout goes, for commands whose own stdout is for a result.
 * Throws when it ends or does not become ready within a minute.
 */
export async function startApp(
	port: number,
	env: Record<string, string>,
	output: 'stdout' | 'stderr' = 'stdout'
): Promise<AppProcess> {
	const origin = `http://localhost:${port}`;
	const child = spawn(process.execPath, [join(projectRoot(), 'scripts', 'start.ts')], {
		cwd: projectRoot(),
		stdio: ['ignore', output === 'stdout' ? 1 : 2, 2],
		env: {
			...process.env,
			NODE_ENV: 'production',
			HOST: '127.0.0.1',
			PORT: String(port),
			ORIGIN: origin,
			...env
		}
	});
	const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
	const stop = async (): Promise<void> => {
		if (child.exitCode !== null || child.signalCode !== null) return;
		child.kill('SIGTERM');
		const killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
		await ended;
		clearTimeout(killer);
	};
	const deadline = performance.now() + READY_TIMEOUT_MS;
	while (!(await isReady(`http://127.0.0.1:${port}/health/ready`))) {
		if (child.exitCode !== null || child.signalCode !== null) {
			throw new Error('The server ended before it was ready.');
		}
		if (performance.now() > deadline) {
			await stop();
			throw new Error('The server did not become ready within a minute.');
		}
		await sleep(100);
	}
	return { child, origin, ended, stop };
}

async function isReady(url: string): Promise<boolean> {
	try {
		return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
	} catch {
		return false;
	}
}

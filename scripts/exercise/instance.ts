import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process of the application, of whatever version stands in `root`. */
export type Instance = {
	readonly role: 'web' | 'worker';
	/** Where a web process listens; 0 for a worker. */
	readonly port: number;
	/** SIGTERM; resolves with the exit code and the milliseconds it took. */
	stop(): Promise<Stopped>;
	kill(): void;
};

export type Stopped = { readonly code: number | null; readonly ms: number };

export type InstanceOptions = {
	/** Folder of the version, built. */
	readonly root: string;
	readonly role: 'web' | 'worker';
	readonly port?: number;
	readonly env: Readonly<Record<string, string>>;
};

const READY_TIMEOUT_MS = 60_000;
const LAST_LINES = 20;

/** Starts `npm start` of a version, and waits until it is ready. Throws with its output when it ends before. */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
	const { root, role, port = 0, env } = options;
	const child = spawn(process.execPath, [join(root, 'scripts', 'start.ts')], {
		cwd: root,
		stdio: ['ignore', 'ignore', 'pipe'],
		env: {
			PATH: process.env['PATH'] ?? '',
			NODE_ENV: 'production',
			LOG_LEVEL: 'info',
			HOST: '127.0.0.1',
			PORT: String(port),
			...env,
			ROLE: role
		}
	});
	const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
	const output: string[] = [];
	let works = false;
	createInterface({ input: child.stderr }).on('line', (line) => {
		if (line.includes('worker started')) works = true;
		output.push(line);
		output.splice(0, output.length - LAST_LINES);
	});
	const isReady = (): Promise<boolean> =>
		role === 'web' ? answersReady(port) : Promise.resolve(works);
	const deadline = performance.now() + READY_TIMEOUT_MS;
	while (!(await isReady())) {
		if (child.exitCode !== null || performance.now() > deadline) {
			child.kill('SIGKILL');
			throw new Error(`a ${role} process did not get ready:\n${output.join('\n')}`);
		}
		await sleep(50);
	}
	return {
		role,
		port,
		kill: () => child.kill('SIGKILL'),
		async stop() {
			const startedAt = performance.now();
			child.kill('SIGTERM');
			const code = await ended;
			return { code, ms: Math.round(performance.now() - startedAt) };
		}
	};
}

async function answersReady(port: number): Promise<boolean> {
	try {
		const url = `http://127.0.0.1:${port}/health/ready`;
		return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
	} catch {
		return false;
	}
}

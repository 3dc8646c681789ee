import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../../src/lib/server/project-root.ts';

/** A worker as it runs in production: `ROLE=worker npm start`. */
export type WorkerProcess = {
	/** Asks it to end. Resolves with its exit code and the milliseconds that it took. */
	stop(): Promise<{ readonly code: number | null; readonly ms: number }>;
	kill(): void;
	/** The messages of its log so far. */
	readonly log: readonly string[];
};

function messageOf(line: string): string {
	const entry: unknown = line.startsWith('{') ? JSON.parse(line) : null;
	const isEntry = typeof entry === 'object' && entry !== null && 'msg' in entry;
	return isEntry ? String(entry.msg) : line;
}

/** Starts a worker and waits until it works. Throws when it ends before. */
export async function startWorkerProcess(env: Record<string, string>): Promise<WorkerProcess> {
	const child = spawn(process.execPath, [join(projectRoot(), 'scripts', 'start.ts')], {
		env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...env, ROLE: 'worker' },
		stdio: ['ignore', 'ignore', 'pipe']
	});
	const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
	const log: string[] = [];
	const started = new Promise<boolean>((resolve) => {
		createInterface({ input: child.stderr }).on('line', (line) => {
			log.push(messageOf(line));
			if (log.at(-1) === 'worker started') resolve(true);
		});
		void ended.then(() => resolve(false));
	});
	if (!(await started)) throw new Error(`the worker did not start:\n${log.join('\n')}`);
	return {
		log,
		kill: () => child.kill('SIGKILL'),
		async stop() {
			const startedAt = performance.now();
			child.kill('SIGTERM');
			const code = await ended;
			return { code, ms: Math.round(performance.now() - startedAt) };
		}
	};
}

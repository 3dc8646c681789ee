import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sleep } from './loopback.ts';
import type { Report, RunningServices, Task } from './messages.ts';
import { reportSchema } from './messages.ts';

/** Longer than the services' own time limits for a clean stop. */
const STOP_TIMEOUT_MS = 30_000;

/** A caller's hold on services. */
export type Ownership = {
	/** Whether this call started services, and `stop` therefore stops them. */
	owned: boolean;
	/** Resolves when owned services have ended, asked to or not; never if nothing is owned. */
	ended: Promise<void>;
	/** Stops what this call started; what another command started, or you, goes on. */
	stop: () => Promise<void>;
};

/**
 * Starts the services' process (`main.ts`) and waits until it has something to say. It ends with this
 * process, and does not keep it alive.
 *
 * @returns `busy` when another process holds the data folder.
 * @throws Error with what the services' process says is wrong.
 */
export async function launch(
	task: Task
): Promise<'busy' | (Ownership & { running: RunningServices })> {
	const child = spawn(
		process.execPath,
		[
			// WASI and SQLite are experimental in Node's eyes; nobody at the terminal can act on that.
			'--disable-warning=ExperimentalWarning',
			join(import.meta.dirname, 'main.ts'),
			JSON.stringify(task)
		],
		{
			stdio: ['pipe', 'pipe', 'inherit'],
			// A session of its own: Ctrl-C and the terminal's end reach this process, not that one.
			detached: true,
			env: { ...process.env, NODE_OPTIONS: '' }
		}
	);
	const ended = new Promise<void>((resolve) => {
		child.once('exit', () => resolve());
		child.once('error', () => resolve());
	});
	const report = await firstReport(child);
	if ('busy' in report) return 'busy';
	if ('error' in report) {
		await ended;
		throw new Error(report.error);
	}

	child.unref();
	// Asking a process to stop that has died meanwhile is no error.
	child.stdin?.on('error', () => undefined);
	for (const stream of [child.stdin, child.stdout]) {
		if (stream instanceof Socket) stream.unref();
	}
	return {
		running: report,
		owned: true,
		ended,
		async stop() {
			child.ref();
			child.stdin?.end();
			const late = new AbortController();
			await Promise.race([ended, sleep(STOP_TIMEOUT_MS, late.signal)]);
			late.abort();
			if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
			await ended;
		}
	};
}

/** The report among the lines of the process's stdout, where the embedded Valkey logs, too. */
async function firstReport(child: ChildProcess): Promise<Report> {
	if (!child.stdout) throw new Error('The services have no output.');
	const lines = createInterface({ input: child.stdout });
	const { promise, resolve } = Promise.withResolvers<Report>();
	lines.on('line', (line) => {
		const report = line.startsWith('{') && reportSchema.safeParse(JSON.parse(line));
		if (report && report.success) resolve(report.data);
	});
	// After all lines: a process that ends right after its report has still made it.
	lines.once('close', () => {
		resolve({ error: 'The embedded services ended before they were ready.' });
	});
	child.once('error', (error) => resolve({ error: error.message }));
	return promise;
}

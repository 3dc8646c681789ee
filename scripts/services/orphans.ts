import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { sleep } from './loopback.ts';

const run = promisify(execFile);

/** A polite request first, then a firm one, then the end: when each is sent, counted from the start. */
const STOP_PLAN = [
	{ after_ms: 3_000, signal: 'SIGTERM' },
	{ after_ms: 8_000, signal: 'SIGINT' },
	{ after_ms: 15_000, signal: 'SIGKILL' }
] as const;
const GIVE_UP_MS = 20_000;

/**
 * Makes sure that the process named in a server's pid file no longer works on the data there, before
 * a new one starts on it. Call it while holding the folder's lock, when any such process is a left-over.
 *
 * A server whose owner was killed is being stopped by its guard: it gets three seconds for that, then
 * is asked to stop. A pid which now belongs to something else (they are reused soon in
 * containers) is left alone.
 *
 * @param pidFile the server's pid file; its first line is the pid.
 * @param isServer whether a process's command line is that of this data folder's server.
 * @throws Error when the process can't be stopped.
 */
export async function endOrphan(
	pidFile: string,
	isServer: (commandLine: string) => boolean
): Promise<void> {
	const started_ms = performance.now();
	const sent = new Set<string>();
	for (;;) {
		const pid = await readPid(pidFile);
		const commandLine = pid === undefined ? undefined : await commandLineOf(pid);
		if (pid === undefined || commandLine === undefined || !isServer(commandLine)) return;

		const waited_ms = performance.now() - started_ms;
		if (waited_ms > GIVE_UP_MS) {
			throw new Error(`Process ${pid} still uses the data at ${pidFile} and does not stop.`);
		}
		for (const { after_ms, signal } of STOP_PLAN) {
			if (waited_ms < after_ms || sent.has(signal)) continue;
			sent.add(signal);
			trySignal(pid, signal);
		}
		await sleep(50);
	}
}

async function readPid(pidFile: string): Promise<number | undefined> {
	const text = await readFile(pidFile, 'utf8').catch(() => '');
	const pid = Number.parseInt(text, 10);
	return pid > 1 ? pid : undefined;
}

/** The command line of a running process, words separated by spaces; undefined if there is none. */
async function commandLineOf(pid: number): Promise<string | undefined> {
	try {
		if (process.platform === 'linux') {
			const words = await readFile(`/proc/${pid}/cmdline`, 'utf8');
			return words === '' ? undefined : words.replaceAll('\0', ' ');
		}
		return (await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)])).stdout;
	} catch {
		return undefined;
	}
}

function trySignal(pid: number, signal: NodeJS.Signals): void {
	try {
		process.kill(pid, signal);
	} catch {
		// It ended meanwhile, or is not ours; the caller's loop finds out which.
	}
}

import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { sleep } from './loopback.ts';

/*
 * A database server must not outlive the program that started it, not even when that program is
 * killed with SIGKILL and can't clean up. So each server runs below a small shell script, its
 * guard, which holds one end of a pipe of ours: when our end closes, because we asked for the stop or
 * because we died, the guard sends the stop signal. There is only this one way to stop, so the
 * path for the worst case is exercised by every normal run.
 *
 * Positional parameters: $1 the stop signal, then the command. The server gets its own descriptor
 * 3 closed, so that nobody but the guard reads the pipe.
 */
const GUARD = `
signal=$1; shift
"$@" 3<&- &
server=$!
{ read -r _ <&3; kill -s "$signal" "$server"; } 2>/dev/null &
watch=$!
wait "$server"; code=$?
kill "$watch" 2>/dev/null
exit "$code"
`;

/** How long a server may take to shut down cleanly before it is killed. */
const STOP_TIMEOUT_MS = 20_000;

/** Lines of a server's output kept to explain a failure. */
const KEPT_LINES = 40;

export type GuardedProcess = {
	/** Resolves with the exit code when the server has ended, asked to or not. */
	exited: Promise<number>;
	/** Whether it has ended. */
	hasExited: () => boolean;
	/** The last lines it wrote to stdout and stderr. */
	output: () => string;
	/** Stops it cleanly (kills it after 20 s) and resolves when it has ended. */
	stop: () => Promise<void>;
};

export type GuardedCommand = {
	command: string;
	args: readonly string[];
	/** Working directory; the account below must be able to enter it. */
	cwd: string;
	/** What makes this server shut down cleanly. */
	stopSignal: 'TERM' | 'INT' | 'QUIT';
	/** Its whole environment; without it, this process's. */
	env?: Record<string, string>;
	/** Run as another account (only root can). */
	account?: { uid: number; gid: number } | undefined;
};

/**
 * Starts a server that ends when `stop` is called or when this process is gone, whichever is first.
 * It runs in a session of its own: the terminal's Ctrl-C and hang-up do not reach it.
 */
export function startGuarded(options: GuardedCommand): GuardedProcess {
	const child = spawn(
		'/bin/sh',
		['-c', GUARD, 'guard', options.stopSignal, options.command, ...options.args],
		{
			cwd: options.cwd,
			env: options.env ?? process.env,
			stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
			detached: true,
			...options.account
		}
	);
	const lines: string[] = [];
	for (const stream of [child.stdout, child.stderr]) {
		stream?.setEncoding('utf8').on('data', (text: string) => {
			lines.push(...text.split('\n').filter((line) => line !== ''));
			lines.splice(0, lines.length - KEPT_LINES);
		});
	}
	let ended = false;
	const exited = new Promise<number>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (code) => resolve(code ?? 1));
	}).finally(() => (ended = true));
	// Whoever awaits `exited` or `stop` sees the failure; nobody awaiting is no reason to crash.
	exited.catch(() => undefined);

	const pipe = child.stdio[3];
	// The guard's end may be gone first; `exited` tells all there is to know about that.
	pipe?.on('error', () => undefined);
	return {
		exited,
		hasExited: () => ended,
		output: () => lines.join('\n'),
		async stop() {
			if (pipe instanceof Socket) pipe.destroy();
			const late = new AbortController();
			const result = await Promise.race([exited, sleep(STOP_TIMEOUT_MS, late.signal)]);
			late.abort();
			if (result === undefined && child.pid !== undefined) {
				process.kill(-child.pid, 'SIGKILL');
				await exited;
			}
		}
	};
}

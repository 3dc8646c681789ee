import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';

/*
 * A process beside the benchmark that answers requests, one at a time. It ends when it is told to, and
 * with the benchmark, however that went.
 */

const answerSchema = z.union([z.object({ answer: z.unknown() }), z.object({ error: z.string() })]);

const STOP_TIMEOUT_MS = 5_000;

export type HelperProcess = {
	/** Sends a request and checks the answer. Throws what went wrong there, and when it ended. */
	ask<Answer>(request: object, schema: z.ZodType<Answer>): Promise<Answer>;
	stop(): Promise<void>;
};

/** Starts `file` with its output on this process's stderr: stdout is for the result. */
export function startHelper(file: string, parameters: readonly string[]): HelperProcess {
	// The collector is for those that tell how much memory they need.
	const execArgv = ['--expose-gc'];
	const child = fork(file, parameters, { execArgv, stdio: ['ignore', 2, 2, 'ipc'] });
	const ended = once(child, 'exit');
	return {
		ask: (request, schema) => ask(child, request, schema),
		async stop() {
			if (child.connected) child.disconnect();
			const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
			if (child.exitCode === null && child.signalCode === null) await ended;
			clearTimeout(timer);
		}
	};
}

async function ask<Answer>(
	child: ChildProcess,
	request: object,
	schema: z.ZodType<Answer>
): Promise<Answer> {
	const abort = new AbortController();
	const { signal } = abort;
	const reply = once(child, 'message', { signal });
	const end = once(child, 'exit', { signal });
	// The one that loses the race is aborted.
	for (const outcome of [reply, end]) outcome.catch(() => undefined);
	try {
		child.send(request);
		const first = await Promise.race([reply, end.then(() => null)]);
		if (first === null) throw new Error('a process of the benchmark ended unexpectedly');
		const message = answerSchema.parse(first[0]);
		if ('error' in message) throw new Error(message.error);
		return schema.parse(message.answer);
	} finally {
		abort.abort();
	}
}

/** The helper's side: answers each request with what `handle` returns; `close` runs at the end. */
export function answerRequests(
	handle: (request: unknown) => Promise<unknown>,
	close: () => Promise<void>
): void {
	// Ctrl-C reaches every process of the terminal; the benchmark decides when this one ends.
	process.on('SIGINT', () => undefined);
	// What the benchmark no longer waits for has nobody to go to.
	const reply = (message: object): void => void (process.connected && process.send?.(message));
	process.on('message', (request) => {
		handle(request).then(
			(answer) => reply({ answer: answer ?? null }),
			(error: unknown) =>
				reply({ error: error instanceof Error ? (error.stack ?? '') : String(error) })
		);
	});
	process.once('disconnect', () => {
		close().then(
			() => process.exit(0),
			() => process.exit(1)
		);
	});
}

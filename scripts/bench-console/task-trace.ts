import type { CDPSession, Page } from '@playwright/test';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

/*
 * Chromium's own trace tells of each task how long it took by the clock and how much processor time it
 * got. On a machine that is shared the two differ widely: a task that waits for a processor is long by
 * the clock, whatever it does.
 */

export type TracedTask = {
	/** Ms since the page was opened, as `performance.now` counts. */
	readonly startTime: number;
	/** By the clock, ms. */
	readonly duration: number;
	readonly cpuMs: number;
};

const CATEGORIES = ['disabled-by-default-devtools.timeline', 'blink.user_timing'];
/** A piece of the trace ends when its buffer in Chromium may be full; between two there is a short gap. */
const PIECE_MS = 12 * 60_000;
const BUFFER_KB = 512 * 1024;
const SHORTEST_MICROSECONDS = 50_000;
const CLOCK_MARK = 'sellary-bench-clock';

const taskSchema = z.object({
	pid: z.number(),
	tid: z.number(),
	ts: z.number(),
	dur: z.number(),
	tdur: z.number()
});
const threadSchema = z.object({
	pid: z.number(),
	tid: z.number(),
	args: z.object({ name: z.string() })
});
const markSchema = z.object({ ts: z.number() });

/** Collects the long tasks of the page's main thread from `start` to `stop`. */
export class TaskTrace {
	readonly #cdp: CDPSession;
	readonly #stopping = new AbortController();
	readonly #tasks: z.output<typeof taskSchema>[] = [];
	/** `<pid> <tid>` of the main threads of pages. */
	readonly #mainThreads = new Set<string>();
	/** What `ts` was when the page's clock showed 0, microseconds. */
	#originMicroseconds: number | null = null;
	#markedAtMs = 0;
	#running: Promise<void> = Promise.resolve();

	private constructor(cdp: CDPSession) {
		this.#cdp = cdp;
	}

	static async start(cdp: CDPSession, page: Page): Promise<TaskTrace> {
		const trace = new TaskTrace(cdp);
		cdp.on('Tracing.dataCollected', ({ value }) => value.forEach((event) => trace.#read(event)));
		await trace.#startPiece();
		trace.#markedAtMs = await page.evaluate((name) => performance.mark(name).startTime, CLOCK_MARK);
		trace.#running = trace.#takePieces();
		// Reported by `stop`.
		trace.#running.catch(() => undefined);
		return trace;
	}

	/** Ends the trace. Returns the tasks of 50 ms and more, in no order. */
	async stop(): Promise<TracedTask[]> {
		this.#stopping.abort();
		await this.#running;
		const origin = this.#originMicroseconds;
		if (origin === null) return [];
		return this.#tasks
			.filter(({ pid, tid }) => this.#mainThreads.has(`${pid} ${tid}`))
			.map(({ ts, dur, tdur }) => ({
				startTime: (ts - origin) / 1_000,
				duration: dur / 1_000,
				cpuMs: tdur / 1_000
			}));
	}

	async #startPiece(): Promise<void> {
		await this.#cdp.send('Tracing.start', {
			transferMode: 'ReportEvents',
			traceConfig: { includedCategories: CATEGORIES, traceBufferSizeInKb: BUFFER_KB }
		});
	}

	async #takePieces(): Promise<void> {
		const { signal } = this.#stopping;
		for (;;) {
			await sleep(PIECE_MS, undefined, { signal }).catch(() => undefined);
			const complete = new Promise<void>((resolve) =>
				this.#cdp.once('Tracing.tracingComplete', () => resolve())
			);
			await this.#cdp.send('Tracing.end');
			await complete;
			if (signal.aborted) return;
			await this.#startPiece();
		}
	}

	/** Most events are short tasks and of no interest. */
	#read(event: Readonly<Record<string, unknown>>): void {
		if (event['name'] === 'RunTask') {
			if (Number(event['dur']) < SHORTEST_MICROSECONDS) return;
			const { data: task } = taskSchema.safeParse(event);
			if (task) this.#tasks.push(task);
		} else if (event['name'] === 'thread_name') {
			const { data: thread } = threadSchema.safeParse(event);
			if (thread?.args.name === 'CrRendererMain') {
				this.#mainThreads.add(`${thread.pid} ${thread.tid}`);
			}
		} else if (event['name'] === CLOCK_MARK) {
			const { data: mark } = markSchema.safeParse(event);
			if (mark) this.#originMicroseconds ??= mark.ts - this.#markedAtMs * 1_000;
		}
	}
}

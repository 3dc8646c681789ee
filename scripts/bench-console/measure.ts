import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { openConsolePage } from './console-page.ts';
import type { ConsolePage, PageCosts } from './console-page.ts';
import type { FeederRequest, Sent } from './feeder-messages.ts';
import { sentSchema } from './feeder-messages.ts';
import { longTasks } from './long-tasks.ts';
import type { LongTask } from './long-tasks.ts';
import { TaskTrace } from './task-trace.ts';
import { openStage } from './stage.ts';

export const BACKLOG_COMMENTS = 20_000;
/** Long tasks count from here on. */
export const LONG_MS = 100;
/** The first seconds at the peak compile the page's code and are not measured. */
const WARM_UP_SECONDS = 10;
/** How long the page may take to show the last comments. */
const PATIENCE_MS = 30_000;
const PROGRESS_MS = 30_000;

export type ConsoleBenchOptions = {
	readonly minutes: number;
	/** Comments per second. */
	readonly rate: number;
	readonly signal: AbortSignal;
	readonly progress: (text: string) => void;
};

export type ConsoleFigures = {
	readonly seconds: number;
	readonly sent: Sent;
	/** How much the page's counter grew. */
	readonly shown: number;
	/** Comments of the whole show, as the page shows them live and after it was opened again. */
	readonly shownLive: number;
	readonly shownAfresh: number;
	readonly backlog: Sent;
	readonly tasks: readonly LongTask[];
	readonly heapStartMb: number;
	readonly heapEndMb: number;
	/** With the garbage collected, as the heap. */
	readonly domNodesStart: number;
	readonly domNodesEnd: number;
	readonly costsStart: PageCosts;
	readonly costsEnd: PageCosts;
	/** The longest task of opening the console of the full show, ms, null when none reached 50 ms. */
	readonly openingTaskMs: number | null;
	readonly browser: string;
	readonly cores: number;
	/** One-minute load averages before anything was started, and at the end. */
	readonly loadBefore: number;
	readonly loadAfter: number;
};

/**
 * Opens a console, lets the backlog arrive in it, then comments at an even pace for some minutes.
 * Throws when the benchmark can't be run, or `signal` is aborted.
 */
export async function measureConsole(options: ConsoleBenchOptions): Promise<ConsoleFigures> {
	const { signal, progress } = options;
	const loadBefore = load();
	const stage = await openStage(signal, progress);
	const pages: ConsolePage[] = [];
	const open = async (): Promise<ConsolePage> => {
		const console = await openConsolePage(stage);
		pages.push(console);
		return console;
	};
	const send = async (request: FeederRequest): Promise<Sent> => {
		signal.throwIfAborted();
		return await untilAborted(stage.feeder.ask(request, sentSchema), signal);
	};
	try {
		const console = await open();
		const measured = await measurePage(console, send, options);
		const loadAfter = load();
		await console.close();
		progress('opening the console again');
		const fresh = await open();
		const opening = longTasks(await fresh.longTaskRecord(), [], { fromMs: 0, toMs: Infinity });
		return {
			...measured,
			shownAfresh: await fresh.waitForComments(measured.shownLive, PATIENCE_MS, signal),
			openingTaskMs: worst(opening.map(({ taskMs }) => taskMs)),
			browser: fresh.version,
			cores: availableParallelism(),
			loadBefore,
			loadAfter
		};
	} finally {
		for (const page of pages) await page.close();
		await stage.close();
	}
}

type Measured = Omit<
	ConsoleFigures,
	'shownAfresh' | 'openingTaskMs' | 'browser' | 'cores' | 'loadBefore' | 'loadAfter'
>;

async function measurePage(
	console: ConsolePage,
	send: (request: FeederRequest) => Promise<Sent>,
	{ minutes, rate, signal, progress }: ConsoleBenchOptions
): Promise<Measured> {
	progress(`${BACKLOG_COMMENTS} comments into the show`);
	const backlog = await send({ do: 'backlog', comments: BACKLOG_COMMENTS });
	const warmUp = await send({ do: 'peak', perSecond: rate, seconds: WARM_UP_SECONDS });
	const before = await console.waitForComments(
		backlog.comments + warmUp.comments,
		PATIENCE_MS,
		signal
	);

	const seconds = minutes * 60;
	progress(`${rate} comments per second for ${seconds} s`);
	const heapStartMb = await console.heapMb();
	const costsStart = await console.costs();
	const trace = await TaskTrace.start(console.cdp, console.page);
	const fromMs = await console.now();
	const [sent] = await Promise.all([
		send({ do: 'peak', perSecond: rate, seconds }),
		tellTime(seconds, progress, signal)
	]);
	const shownLive = await console.waitForComments(before + sent.comments, PATIENCE_MS, signal);
	const toMs = await console.now();
	progress('reading the trace');
	const traced = await trace.stop();
	const costsEnd = await console.costs();
	const heapEndMb = await console.heapMb();
	return {
		seconds,
		sent,
		shown: shownLive - before,
		shownLive,
		backlog,
		tasks: longTasks(await console.longTaskRecord(), traced, { fromMs, toMs }),
		heapStartMb,
		heapEndMb,
		domNodesStart: costsStart.domNodes,
		domNodesEnd: (await console.costs()).domNodes,
		costsStart,
		costsEnd
	};
}

async function tellTime(
	seconds: number,
	progress: (text: string) => void,
	signal: AbortSignal
): Promise<void> {
	for (let toldMs = PROGRESS_MS; toldMs < seconds * 1_000; toldMs += PROGRESS_MS) {
		await sleep(PROGRESS_MS, undefined, { signal });
		progress(`${toldMs / 1_000} of ${seconds} s`);
	}
}

/** The promise, or the reason for which `signal` was aborted, whichever comes first. */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
	const aborted = Promise.withResolvers<never>();
	const abort = (): void => aborted.reject(signal.reason);
	signal.addEventListener('abort', abort, { once: true });
	try {
		return await Promise.race([promise, aborted.promise]);
	} finally {
		signal.removeEventListener('abort', abort);
	}
}

function load(): number {
	return Math.round((loadavg()[0] ?? 0) * 100) / 100;
}

/** The largest of the values, null for none. */
export function worst(values: readonly number[]): number | null {
	return values.length > 0 ? Math.max(...values) : null;
}

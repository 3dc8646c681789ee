/** Runs `task` once, soon. Returns a function that cancels it. */
export type Scheduler = (task: () => void) => () => void;

/** Frames stop in a hidden tab; this keeps it up to date, without painting, four times a second. */
const HIDDEN_FLUSH_MS = 250;
/** In a rush the lists move on about fifteen times a second: more than anybody reads, and half the work. */
const RUSH_REST_MS = 50;

/**
 * Browser only: runs tasks with the next frame, or on a timer where no frame comes. What comes alone is
 * shown at once; in a rush, tasks rest in between, and after one whose frame took long to show the next
 * waits as long again. So the page keeps more than half of its time for typing and scrolling while
 * hundreds of comments a second arrive.
 */
export function createFrameScheduler(): Scheduler {
	let restUntil = 0;
	return (task) => {
		let frame = 0;
		const cancel = () => {
			cancelAnimationFrame(frame);
			clearTimeout(rest);
			clearTimeout(fallback);
		};
		const run = () => {
			cancel();
			const startedAt = performance.now();
			task();
			restUntil = performance.now() + RUSH_REST_MS;
			// A timer set inside a frame fires after that frame was painted.
			setTimeout(() => {
				const now = performance.now();
				const tookMs = now - startedAt;
				restUntil = now + Math.min(Math.max(tookMs, RUSH_REST_MS), HIDDEN_FLUSH_MS);
			});
		};
		const atNextFrame = () => {
			frame = requestAnimationFrame(run);
		};
		const restMs = restUntil - performance.now();
		const rest = restMs > 0 ? setTimeout(atNextFrame, restMs) : undefined;
		const fallback = setTimeout(run, HIDDEN_FLUSH_MS + Math.max(0, restMs));
		if (rest === undefined) atNextFrame();
		return cancel;
	};
}

/**
 * How long to wait before attempt `attempt` (0 = the first): nothing, then 0.5 s doubling to 10 s, less
 * up to half at random, so that the consoles of a restarted server do not all come back at once.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
	if (attempt <= 0) return 0;
	const ceiling = Math.min(500 * 2 ** (attempt - 1), 10_000);
	return Math.round(ceiling * (1 - random() / 2));
}

const FIRST_SPREAD_MS = 250;

/**
 * How long a lost socket waits before attempt `attempt`: as `backoffMs`, but also the first one waits up to
 * 0.25 s, since a server that dies loses the sockets of all of its consoles at the same instant.
 */
export function reconnectMs(attempt: number, random: () => number = Math.random): number {
	return attempt <= 0 ? Math.round(random() * FIRST_SPREAD_MS) : backoffMs(attempt, random);
}

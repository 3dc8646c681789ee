const INTERVAL_MS = 3_600_000;
/** After a start: else a server that is restarted every hour would never come to it. */
const FIRST_MS = 60_000;

/**
 * Does something a minute from now and then every hour, never twice at a time. Returns what stops it and
 * waits for what is under way.
 */
export function hourly(
	work: () => Promise<unknown>,
	onError: (error: unknown) => void
): () => Promise<void> {
	let running: Promise<void> | null = null;
	const run = (): void => {
		running ??= work()
			.then(() => undefined)
			.catch(onError)
			.finally(() => {
				running = null;
			});
	};
	const timers = [setTimeout(run, FIRST_MS), setInterval(run, INTERVAL_MS)];
	for (const timer of timers) timer.unref();
	return async () => {
		for (const timer of timers) clearTimeout(timer);
		await running;
	};
}

const HOUR_MS = 3_600_000;
/** After a start: else a server that is restarted every hour would never come to it. */
const FIRST_MS = 60_000;

/**
 * Does something every `everyMs`, never twice at a time, and goes on after a failure. A plain timer, because
 * it must work when the queues were lost. Returns what stops it and waits for what is under way.
 */
export function periodically(
	work: () => Promise<unknown>,
	{ everyMs, firstMs = everyMs }: { readonly everyMs: number; readonly firstMs?: number },
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
	const repeat = setInterval(run, everyMs);
	const timers = firstMs === everyMs ? [repeat] : [setTimeout(run, firstMs), repeat];
	for (const timer of timers) timer.unref();
	return async () => {
		for (const timer of timers) clearTimeout(timer);
		await running;
	};
}

/** Does something a minute from now and then every hour. */
export function hourly(
	work: () => Promise<unknown>,
	onError: (error: unknown) => void
): () => Promise<void> {
	return periodically(work, { everyMs: HOUR_MS, firstMs: FIRST_MS }, onError);
}

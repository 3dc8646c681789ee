import type { Retention } from '../history/redaction/retention.ts';
import type { Logger } from '../observability/logger.ts';

const INTERVAL_MS = 3_600_000;
/** After a start: what a restart every hour would never come to. */
const FIRST_MS = 60_000;

/**
 * Looks a minute after the start and then every hour for shows whose comments of non-buyers have been kept
 * for long enough. Several workers may do so at once. Returns what stops it, after the batch that runs.
 */
export function startRetentionSweep(
	retention: Pick<Retention, 'run'>,
	logger: Logger
): () => Promise<void> {
	const stopping = new AbortController();
	let running: Promise<void> | null = null;
	const sweep = (): void => {
		running ??= retention
			.run(stopping.signal)
			.then(() => undefined)
			.catch((error: unknown) => {
				logger.warn({ err: error }, 'the sweep for retention failed');
			})
			.finally(() => {
				running = null;
			});
	};
	const first = setTimeout(sweep, FIRST_MS);
	const timer = setInterval(sweep, INTERVAL_MS);
	first.unref();
	timer.unref();
	return async () => {
		clearTimeout(first);
		clearInterval(timer);
		stopping.abort();
		await running;
	};
}

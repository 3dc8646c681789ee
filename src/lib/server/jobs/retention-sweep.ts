import type { Retention } from '../history/redaction/retention.ts';
import type { Logger } from '../observability/logger.ts';
import { hourly } from './periodically.ts';

/**
 * Looks every hour for shows whose comments of non-buyers have been kept for long enough. Several workers
 * may do so at once. Returns what stops it, after the batch that is under way.
 */
export function startRetentionSweep(
	retention: Pick<Retention, 'run'>,
	logger: Logger
): () => Promise<void> {
	const stopping = new AbortController();
	const stop = hourly(
		() => retention.run(stopping.signal),
		(error) => logger.warn({ err: error }, 'the sweep for retention failed')
	);
	return async () => {
		stopping.abort();
		await stop();
	};
}

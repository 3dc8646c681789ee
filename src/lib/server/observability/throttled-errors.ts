import type { Logger } from './logger.ts';

/** An outage makes the same error many times a second; one line in five seconds tells as much. */
const LOG_INTERVAL_MS = 5_000;

/** A listener for connection errors of `what` that logs the first one and then one at a time. */
export function throttledErrors(logger: Logger, what: string): (error: Error) => void {
	let loggedAt = -Infinity;
	return (error) => {
		const now = performance.now();
		if (now - loggedAt < LOG_INTERVAL_MS) return;
		loggedAt = now;
		logger.warn({ err: error }, `${what}: connection error`);
	};
}

import type { AuthService } from '../auth/service.ts';
import type { Logger } from '../observability/logger.ts';

const INTERVAL_MS = 3_600_000;

/** Removes sessions that are over, once an hour. Returns what stops it. */
export function startHousekeeping(
	auth: Pick<AuthService, 'deleteExpiredSessions'>,
	logger: Logger
): () => void {
	const timer = setInterval(() => {
		auth.deleteExpiredSessions().catch((error: unknown) => {
			logger.warn({ err: error }, 'expired sessions could not be removed');
		});
	}, INTERVAL_MS);
	timer.unref();
	return () => clearInterval(timer);
}

import type { AuthService } from '../auth/service.ts';
import type { Logger } from '../observability/logger.ts';
import { hourly } from './periodically.ts';

/** Removes sessions that are over, once an hour. Returns what stops it. */
export function startHousekeeping(
	auth: Pick<AuthService, 'deleteExpiredSessions'>,
	logger: Logger
): () => Promise<void> {
	return hourly(
		() => auth.deleteExpiredSessions(),
		(error) => logger.warn({ err: error }, 'expired sessions could not be removed')
	);
}

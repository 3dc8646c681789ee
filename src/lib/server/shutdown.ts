import type { Logger } from './observability/logger.ts';

/** Connections that libraries hold by themselves may go on retrying a server that is away. */
const END_GRACE_MS = 500;
/** A worker's job in hand ends well within this; a server that is away would keep it waiting for ever. */
const CLOSE_TIMEOUT_MS = 5_000;

/**
 * Closes what the process consists of, then lets it end by itself. Ends it with code 1 when closing
 * fails or takes too long, e.g. because Redis is away. Nothing is lost then: what was acknowledged is in
 * the stream, and history takes it from there (DESIGN rule 4).
 */
export async function closeAndEnd(
	{ close, logger }: { readonly close: () => Promise<void>; readonly logger: Logger },
	timeoutMs = CLOSE_TIMEOUT_MS
): Promise<void> {
	const timer = setTimeout(() => {
		logger.error({ timeoutMs }, 'closing took too long; the process ends now');
		process.exit(1);
	}, timeoutMs);
	try {
		await close();
	} catch (error) {
		logger.error({ err: error }, 'closing failed');
		process.exitCode = 1;
	} finally {
		clearTimeout(timer);
		setTimeout(() => process.exit(), END_GRACE_MS).unref();
	}
}

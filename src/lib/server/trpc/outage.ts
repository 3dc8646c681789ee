/** System errors of a connection that can't be made or is lost. */
const CONNECTION_CODES: ReadonlySet<string> = new Set([
	'ECONNREFUSED',
	'ECONNRESET',
	'ECONNABORTED',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EPIPE',
	'ETIMEDOUT',
	'ENOENT'
]);

/**
 * SQLSTATEs of a Postgres that is away or can't serve now: class 08 (connection), 53 (resources), 57P0x
 * (shutdown, starting up), a statement or a transaction that took too long (57014, 55P03, 25P03, 25P04),
 * and a standby that was promoted away (25006).
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const POSTGRES_STATES = /^(08[0-9A-Z]{3}|53[0-9A-Z]{3}|57P0[1-5]|57014|55P03|25P0[34]|25006)$/;

/** Replies of a Redis that can't serve now: https://redis.io/docs/latest/develop/reference/protocol-spec/ */
const REDIS_REPLIES =
	/^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|OOM|MISCONF|NOREPLICAS|BUSY)\b/;

/** What ioredis and pg say without giving a code. */
const DRIVER_MESSAGES = [
	/^Connection is closed/,
	/^Command timed out/,
	/^Stream isn't writeable/,
	/^Reached the max retries per request/,
	/^Failed to refresh slots cache/,
	/^Too many Cluster redirections/,
	/^None of startup nodes is available/,
	/^Connection terminated/,
	/^timeout exceeded when trying to connect/,
	/^Client has encountered a connection error/,
	/^Cannot use a pool after calling end/
];

/** Whether the error says that Redis or Postgres is away, so that trying again later makes sense. */
export function isOutage(error: unknown): boolean {
	if (error instanceof AggregateError) return error.errors.some(isOutage);
	if (!(error instanceof Error)) return false;
	const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
	return (
		CONNECTION_CODES.has(code) ||
		POSTGRES_STATES.test(code) ||
		REDIS_REPLIES.test(error.message) ||
		DRIVER_MESSAGES.some((pattern) => pattern.test(error.message))
	);
}

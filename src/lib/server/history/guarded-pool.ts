import { Socket } from 'node:net';
import { ConsecutiveBreaker, circuitBreaker, handleWhen, isBrokenCircuitError } from 'cockatiel';
import { AppError } from '../errors.ts';
import { LONG_STATEMENT_TIMEOUT_MS } from './statement-timeout.ts';

/** How many may wait for each connection. At a few milliseconds a query they wait for a tenth of a second. */
const WAITING_PER_CONNECTION = 20;
/** So many connections in a row that can't be made stop further attempts, for so long. */
const FAILURES_TO_BREAK = 5;
const BREAK_MS = 1_000;
/** A statement ends sooner (statement-timeout.ts); a connection that says nothing for so long has no other end. */
const SILENCE_MS = LONG_STATEMENT_TIMEOUT_MS + 30_000;

/** What the guard needs of `pg.Pool`, and gives on to Kysely. */
export type GuardablePool<Options, Client> = {
	readonly options: Options;
	readonly waitingCount: number;
	connect(): Promise<Client>;
	end(): Promise<void>;
};

/** Waiting in vain for a connection says that there is much to do, not that Postgres is away. */
function saysAway(error: unknown): boolean {
	return !(error instanceof Error && error.message.startsWith('timeout exceeded when trying'));
}

/**
 * A pool that refuses early instead of letting callers pile up: when too many wait for a connection already,
 * and, for a second at a time, when Postgres can't be reached (a circuit breaker: the first caller after that
 * second tries for all). Whoever is refused gets `UNAVAILABLE`, at once instead of after five seconds.
 */
export function guardPool<Options, Client>(
	pool: GuardablePool<Options, Client>,
	size: number
): Omit<GuardablePool<Options, Client>, 'waitingCount'> {
	const breaker = circuitBreaker(handleWhen(saysAway), {
		breaker: new ConsecutiveBreaker(FAILURES_TO_BREAK),
		halfOpenAfter: BREAK_MS
	});
	return {
		options: pool.options,
		async connect() {
			if (pool.waitingCount >= size * WAITING_PER_CONNECTION) {
				throw new AppError('UNAVAILABLE', { details: { retryAfterSeconds: 1 } });
			}
			try {
				return await breaker.execute(() => pool.connect());
			} catch (error) {
				if (isBrokenCircuitError(error)) throw new AppError('UNAVAILABLE', { cause: error });
				throw error;
			}
		},
		end: () => pool.end()
	};
}

/**
 * A socket to Postgres that is cut when nothing moves on it for longer than any statement may take: the
 * server, or the way to it, has gone without a word. Without it TCP waits for a quarter of an hour.
 */
export function postgresSocket(silenceMs = SILENCE_MS): Socket {
	const socket = new Socket();
	socket.setTimeout(silenceMs, () => {
		const silence = new Error('Postgres has not answered for too long');
		socket.destroy(Object.assign(silence, { code: 'ETIMEDOUT' }));
	});
	return socket;
}

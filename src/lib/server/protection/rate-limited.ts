import { AppError } from '../errors.ts';

/** Throws `RATE_LIMITED` (details: `retryAfterSeconds`) unless there is nothing to wait for. */
export function refuseUntil(waitMs: number): void {
	if (waitMs > 0) throw rateLimited(waitMs);
}

/** `RATE_LIMITED` (details: `retryAfterSeconds`) for who has to wait for so long. */
export function rateLimited(waitMs: number): AppError {
	const retryAfterSeconds = Math.ceil(waitMs / 1_000);
	const seconds = retryAfterSeconds === 1 ? 'a second' : `${retryAfterSeconds} seconds`;
	return new AppError('RATE_LIMITED', {
		message: `Too many requests. Nothing was changed; try again in ${seconds}.`,
		details: { retryAfterSeconds }
	});
}

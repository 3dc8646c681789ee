import { AppError } from '../errors.ts';
import { OpenCounts } from './open-counts.ts';
import type { Cap } from './open-counts.ts';
import { rateLimited } from './rate-limited.ts';

const RETRY_MS = 1_000;

/**
 * Counts what is being worked on, and refuses more than the limits at once instead of letting it queue up:
 * whoever is refused hears so at once and can come again, while those who were let in are answered.
 */
export class InFlight {
	readonly #limit: number;
	readonly #onRefused: (limiter: string) => void;
	readonly #all = new OpenCounts();
	readonly #shares = new OpenCounts();

	/** `limit`: of everybody together. `onRefused` hears which limit refused somebody. */
	constructor(limit: number, onRefused: (limiter: string) => void = () => undefined) {
		this.#limit = limit;
		this.#onRefused = onRefused;
	}

	/**
	 * Runs `work` for somebody with their share. Throws `RATE_LIMITED` when their share is used up,
	 * `UNAVAILABLE` when there is too much altogether (both with details: `retryAfterSeconds`).
	 */
	async run<Result>(share: readonly Cap[], work: () => Promise<Result>): Promise<Result> {
		const releaseShare = this.#shares.claim(...share);
		if (!releaseShare) {
			this.#onRefused('in-flight-of-one');
			throw rateLimited(RETRY_MS);
		}
		const release = this.#all.claim({ key: 'all', limit: this.#limit });
		try {
			if (!release) {
				this.#onRefused('in-flight-of-all');
				throw new AppError('UNAVAILABLE', {
					message: 'The service is too busy right now. Nothing was changed; try again.',
					details: { retryAfterSeconds: RETRY_MS / 1_000 }
				});
			}
			return await work();
		} finally {
			release?.();
			releaseShare();
		}
	}
}

import { AppError } from '../errors.ts';
import { OpenCounts } from './open-counts.ts';

export type InFlightLimits = {
	/** Of all keys together. */
	readonly total: number;
	readonly perKey: number;
};

/**
 * Counts what is being worked on, and refuses more than the limits at once instead of letting it queue up:
 * whoever is refused hears so at once and can come again, while those who were let in are answered.
 */
export class InFlight {
	readonly #limits: InFlightLimits;
	readonly #counts = new OpenCounts();

	constructor(limits: InFlightLimits) {
		this.#limits = limits;
	}

	/** Runs `work` of `key`. Throws `UNAVAILABLE` (details: `retryAfterSeconds`) when there is too much already. */
	async run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
		const release = this.#counts.claim(
			{ key: 'all', limit: this.#limits.total },
			{ key: `of ${key}`, limit: this.#limits.perKey }
		);
		if (!release) {
			throw new AppError('UNAVAILABLE', {
				message: 'The service is too busy right now. Nothing was changed; try again.',
				details: { retryAfterSeconds: 1 }
			});
		}
		try {
			return await work();
		} finally {
			release();
		}
	}
}

import { performance } from 'node:perf_hooks';

/** How much is allowed: `perSecond` for ever, and `burst` at once by somebody who was quiet. */
export type Rate = { readonly perSecond: number; readonly burst: number };

/** What adding fractions may lose of a token. */
const ROUNDING = 1e-9;

type Bucket = { tokens: number; at: number };

/** Keys of a generation: with the one before, 50,000 are remembered at most. */
const GENERATION_KEYS = 25_000;

/**
 * Token buckets by key, in the memory of this process: each holds `burst` tokens and is filled with
 * `perSecond`. A key that is not known has a full bucket, so forgetting one errs on the side of its owner.
 * (rate-limiter-flexible, which counts sign-ins, has windows and a timer per key: at the end of a window it
 * lets twice the rate through, and its memory grows with the number of addresses.)
 */
export class TokenBuckets {
	readonly #rate: Rate;
	readonly #now: () => number;
	/** Buckets that were asked for since the last change of generations, and those of the one before. */
	#recent = new Map<string, Bucket>();
	#former = new Map<string, Bucket>();

	/** `now`: milliseconds of a clock that never goes back. */
	constructor(rate: Rate, now: () => number = () => performance.now()) {
		this.#rate = rate;
		this.#now = now;
	}

	/** Takes a token. Returns 0, or in how many milliseconds there will be one: then none was taken. */
	take(key: string): number {
		const bucket = this.#refilled(key);
		this.#recent.set(key, bucket);
		if (this.#recent.size >= GENERATION_KEYS) {
			// Whoever was not asked for during a whole generation is forgotten.
			this.#former = this.#recent;
			this.#recent = new Map();
		}
		const waitMs = this.#waitMs(bucket);
		if (waitMs === 0) bucket.tokens--;
		return waitMs;
	}

	/** As `take`, but leaves the token where it is. */
	wait(key: string): number {
		return this.#waitMs(this.#refilled(key));
	}

	#waitMs({ tokens }: Bucket): number {
		const missing = 1 - tokens - ROUNDING;
		return missing <= 0 ? 0 : Math.ceil((missing / this.#rate.perSecond) * 1_000);
	}

	#refilled(key: string): Bucket {
		const { perSecond, burst } = this.#rate;
		const now = this.#now();
		const bucket = this.#recent.get(key) ?? this.#former.get(key);
		if (!bucket) return { tokens: burst, at: now };
		bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1_000) * perSecond);
		bucket.at = now;
		return bucket;
	}
}

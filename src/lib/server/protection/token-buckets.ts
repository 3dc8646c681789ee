import { performance } from 'node:perf_hooks';

/** How much is allowed: `perSecond` for ever, and `burst` at once by somebody who was quiet. */
export type Rate = { readonly perSecond: number; readonly burst: number };

/** What adding fractions may lose of a token. */
const ROUNDING = 1e-9;

type Bucket = { tokens: number; at: number };

/** Keys that are remembered at most. Beyond it the one that was asked for longest ago is forgotten. */
const MAX_KEYS = 50_000;

/**
 * Token buckets by key, in the memory of this process: each holds `burst` tokens and is filled with
 * `perSecond`. A key that is not known has a full bucket, so forgetting one errs on the side of its owner.
 * (rate-limiter-flexible, which counts sign-ins, has windows and a timer per key: at the end of a window it
 * lets twice the rate through, and its memory grows with the number of addresses.)
 */
export class TokenBuckets {
	readonly #rate: Rate;
	readonly #now: () => number;
	readonly #buckets = new Map<string, Bucket>();

	/** `now`: milliseconds of a clock that never goes back. */
	constructor(rate: Rate, now: () => number = () => performance.now()) {
		this.#rate = rate;
		this.#now = now;
	}

	/** Takes a token. Returns 0, or in how many milliseconds there will be one: then none was taken. */
	take(key: string): number {
		const bucket = this.#refilled(key);
		// The one that was asked for last goes last.
		this.#buckets.delete(key);
		this.#buckets.set(key, bucket);
		if (this.#buckets.size > MAX_KEYS) {
			const oldest = this.#buckets.keys().next();
			if (!oldest.done) this.#buckets.delete(oldest.value);
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
		const bucket = this.#buckets.get(key);
		if (!bucket) return { tokens: burst, at: now };
		bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1_000) * perSecond);
		bucket.at = now;
		return bucket;
	}
}

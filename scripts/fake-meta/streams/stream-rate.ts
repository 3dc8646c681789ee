/** What `comment_rate` can be, and how many comments of how many milliseconds it lets through. */
const RATES = {
	one_per_two_seconds: { comments: 1, windowMs: 2_000 },
	ten_per_second: { comments: 10, windowMs: 1_000 },
	one_hundred_per_second: { comments: 100, windowMs: 1_000 }
} as const;
export type CommentRate = keyof typeof RATES;

export const COMMENT_RATES = Object.keys(RATES);

export function isCommentRate(text: string): text is CommentRate {
	return Object.hasOwn(RATES, text);
}

/** Lets through what the rate allows in its sliding window; the rest is lost (PLATFORMS 2.4). */
export class RateCap {
	readonly #rate: (typeof RATES)[CommentRate];
	/** Epoch ms of those let through, the latest window only. */
	#passed: number[] = [];

	constructor(rate: CommentRate) {
		this.#rate = RATES[rate];
	}

	/** Whether one more passes at `now` (epoch ms). */
	take(now: number): boolean {
		const { comments, windowMs } = this.#rate;
		this.#passed = this.#passed.filter((at) => now - at < windowMs);
		if (this.#passed.length >= comments) return false;
		this.#passed.push(now);
		return true;
	}
}

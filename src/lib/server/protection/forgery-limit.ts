import { addressGroup } from '../auth/client-address.ts';
import { TokenBuckets } from './token-buckets.ts';

/** Wrong signatures of one address: what a changed secret causes at first, and no attack. */
const FORGED = { perSecond: 0.2, burst: 30 };
/** Addresses that are remembered for having signed rightly. */
const MAX_TRUSTED = 1_000;
const REFUSED: ReadonlySet<number> = new Set([401, 403]);

/**
 * Limits who calls with wrong signatures. Whoever has signed rightly from an address is never refused there,
 * whatever else comes from it: behind a proxy that is not configured, Meta and an attacker have the same one.
 */
export class ForgeryLimit {
	readonly #forged: TokenBuckets;
	readonly #onLimited: (limiter: string) => void;
	readonly #trusted = new Set<string>();

	/** `onLimited` hears the name of the limit when it refuses somebody. */
	constructor(onLimited: (limiter: string) => void = () => undefined, now?: () => number) {
		this.#onLimited = onLimited;
		this.#forged = new TokenBuckets(FORGED, now);
	}

	/** The answer, or 429 unasked after too many that were 401 or 403. */
	async answer(address: string, answer: () => Promise<Response> | Response): Promise<Response> {
		const group = addressGroup(address);
		const waitMs = this.#trusted.has(group) ? 0 : this.#forged.wait(group);
		if (waitMs > 0) {
			this.#onLimited('forged-webhooks');
			const retryAfter = String(Math.ceil(waitMs / 1_000));
			return new Response(null, { status: 429, headers: { 'retry-after': retryAfter } });
		}
		const response = await answer();
		if (REFUSED.has(response.status)) this.#forged.take(group);
		else if (response.ok) this.#trust(group);
		return response;
	}

	#trust(group: string): void {
		// The one that signed last goes last.
		this.#trusted.delete(group);
		this.#trusted.add(group);
		const [oldest] = this.#trusted;
		if (this.#trusted.size > MAX_TRUSTED && oldest !== undefined) this.#trusted.delete(oldest);
	}
}

import type { FakeClock } from '../world/clock.ts';
import type { TokenStore } from './tokens.ts';

/** What a code is bound to; it can be used once within ten minutes (PLATFORMS 1.11). */
export type CodeBinding = {
	readonly clientId: string;
	readonly redirectUri: string;
	/** The person, or the account of Instagram Login. */
	readonly ownerId: string;
};

const CODE_TTL_MS = 600_000;

export type CodeFault = 'unknown' | 'used' | 'expired' | 'redirect_mismatch' | 'client_mismatch';

/** The codes of both dialogs. */
export class CodeStore {
	readonly #codes = new Map<string, CodeBinding & { readonly expiresAt: number; used: boolean }>();
	readonly #clock: FakeClock;
	readonly #tokens: TokenStore;

	constructor(clock: FakeClock, tokens: TokenStore) {
		this.#clock = clock;
		this.#tokens = tokens;
	}

	issue(binding: CodeBinding): string {
		const code = this.#tokens.newSecret('AQ');
		this.#codes.set(code, { ...binding, expiresAt: this.#clock.now() + CODE_TTL_MS, used: false });
		return code;
	}

	/** Uses a code up. Returns whose it was, or what is wrong; a wrong attempt leaves it usable. */
	redeem(
		code: string,
		by: { readonly clientId: string; readonly redirectUri: string }
	): { readonly ownerId: string } | { readonly fault: CodeFault } {
		const known = this.#codes.get(code);
		if (!known) return { fault: 'unknown' };
		if (known.used) return { fault: 'used' };
		if (known.expiresAt <= this.#clock.now()) return { fault: 'expired' };
		if (known.clientId !== by.clientId) return { fault: 'client_mismatch' };
		if (known.redirectUri !== by.redirectUri) return { fault: 'redirect_mismatch' };
		known.used = true;
		return { ownerId: known.ownerId };
	}
}

import type { FakeClock } from '../world/clock.ts';
import type { FakePage } from '../world/page.ts';
import { randomFor } from '../world/random.ts';

/** Why a token died, with the subcode of code 190 (PLATFORMS 1.8). */
const DEATHS = {
	app_not_authorized: [458, 'The user has not authorized application.'],
	checkpoint: [
		459,
		'You cannot access the app till you log in to www.facebook.com and follow the instructions given.'
	],
	password_changed: [
		460,
		'The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.'
	],
	expired: [463, 'Session has expired.'],
	unconfirmed: [
		464,
		'Sessions for the user are not allowed because the user is not a confirmed user.'
	],
	invalid: [467, 'The session is invalid because the user logged out.'],
	role_lost: [
		492,
		'The user must be an administrator, editor, or moderator of the page in order to impersonate it.'
	]
} as const;
export type Death = keyof typeof DEATHS;
export const TOKEN_DEATHS = Object.keys(DEATHS);

export type TokenRecord = {
	readonly value: string;
	readonly kind: 'user' | 'page' | 'instagram';
	/** The person, or the account of Instagram Login. */
	readonly ownerId: string;
	readonly pageId: string | null;
	readonly isLongLived: boolean;
	/** Epoch ms. */
	readonly issuedAt: number;
	/** Epoch ms; null: no fixed end. */
	expiresAt: number | null;
	death: Death | null;
};

export const SHORT_TOKEN_SECONDS = 5_400;
export const LONG_TOKEN_SECONDS = 5_184_000;
export const SHORT_INSTAGRAM_TOKEN_SECONDS = 3_600;

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const TOKEN_LENGTH = 60;

type Wanted = Pick<TokenRecord, 'kind' | 'ownerId' | 'isLongLived'> & {
	readonly pageId?: string;
	/** Epoch ms; null: no fixed end. */
	readonly expiresAt: number | null;
};

/** Every token that was given out, and what became of it. */
export class TokenStore {
	readonly #tokens = new Map<string, TokenRecord>();
	/** Page tokens by the user token and page that they were made from: asking again gives the same. */
	readonly #pageTokens = new Map<string, TokenRecord>();
	readonly #random;
	readonly #clock: FakeClock;

	constructor(seed: number, clock: FakeClock) {
		this.#random = randomFor(seed, 'tokens');
		this.#clock = clock;
	}

	/** A new secret of letters and digits. */
	newSecret(prefix: string): string {
		const letters = Array.from({ length: TOKEN_LENGTH }, () => this.#random.pick([...LETTERS]));
		return `${prefix}${letters.join('')}`;
	}

	issue(wanted: Wanted): TokenRecord {
		const record: TokenRecord = {
			...wanted,
			value: this.newSecret(wanted.kind === 'instagram' ? 'IGAA' : 'EAA'),
			pageId: wanted.pageId ?? null,
			issuedAt: this.#clock.now(),
			death: null
		};
		this.#tokens.set(record.value, record);
		return record;
	}

	/**
	 * The page's token for whoever holds `user`: without a fixed end when made from a long-lived token,
	 * as short-lived as that otherwise (PLATFORMS 1.3).
	 */
	pageToken(user: TokenRecord, page: FakePage): TokenRecord {
		const key = `${user.value} ${page.id}`;
		const known = this.#pageTokens.get(key);
		if (known && this.deathOf(known) === null) return known;
		const token = this.issue({
			kind: 'page',
			ownerId: user.ownerId,
			pageId: page.id,
			isLongLived: user.isLongLived,
			expiresAt: user.isLongLived ? null : user.expiresAt
		});
		this.#pageTokens.set(key, token);
		return token;
	}

	find(value: string): TokenRecord | null {
		return this.#tokens.get(value) ?? null;
	}

	/** Null while the token lives. */
	deathOf(token: TokenRecord): Death | null {
		if (token.death) return token.death;
		const isOver = token.expiresAt !== null && token.expiresAt <= this.#clock.now();
		return isOver ? 'expired' : null;
	}

	/** Kills the living tokens that `which` picks; returns how many those were. */
	kill(death: Death, which: (token: TokenRecord) => boolean): number {
		const hit = [...this.#tokens.values()].filter(
			(token) => this.deathOf(token) === null && which(token)
		);
		for (const token of hit) token.death = death;
		return hit.length;
	}
}

/** Subcode and text of code 190 for a dead token. */
export function deathNotice(death: Death): { readonly subcode: number; readonly message: string } {
	const [subcode, reason] = DEATHS[death];
	return { subcode, message: `Error validating access token: ${reason}` };
}

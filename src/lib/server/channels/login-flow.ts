import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { MetaLogin } from '../history/tables/channels.ts';
import type { RedisClient } from '../redis/run-script.ts';
import * as instagram from './instagram/login.ts';
import { readCallback } from './meta/callback.ts';
import type { MetaClient } from './meta/client.ts';
import * as facebook from './meta/oauth.ts';
import { scopesFor } from './meta/permissions.ts';
import { grantedByFacebook, grantedByInstagram, grantedSchema } from './granted-accounts.ts';
import type { GrantedAccounts } from './granted-accounts.ts';
import type { TokenVault } from './token-vault.ts';

/** Whose attempt it is: the session that began it must be the one that ends it. */
export type LoginSession = { readonly sessionId: string; readonly workspaceId: string };

export type LoginFlowOptions = {
	readonly client: MetaClient;
	readonly redis: RedisClient;
	readonly vault: TokenVault;
};

/** How long an attempt may take, PLATFORMS 1.2. */
const ATTEMPT_SECONDS = 600;
const STATE_BYTES = 32;
const PICK = 'login-pick';

const attemptSchema = z.object({ login: z.enum(['facebook', 'instagram']), session: z.string() });
const pickSchema = z.object({ session: z.string(), sealed: z.string() });

function digest(...parts: string[]): string {
	return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

const sessionDigest = ({ sessionId, workspaceId }: LoginSession): string =>
	digest(sessionId, workspaceId);

const attemptKey = (state: string): string => `sellary:login:${digest(state)}`;
const pickKey = (pickId: string): string => `sellary:login-pick:${digest(pickId)}`;

export type LoginResult =
	/** The accounts to choose from wait under this id for ten minutes. */
	| { readonly kind: 'granted'; readonly pickId: string }
	| { readonly kind: 'denied'; readonly reason: string };

/**
 * Connecting accounts by Meta's logins (PLATFORMS 1.2, 1.3, 1.10): to Meta's window and back, and keeping
 * what was granted, sealed, until the seller has chosen. A state works once, for ten minutes, for the
 * session that it was made for.
 */
export class LoginFlow {
	readonly #options: LoginFlowOptions;

	constructor(options: LoginFlowOptions) {
		this.#options = options;
	}

	/** Whether Instagram's own login is offered. */
	get offersInstagramLogin(): boolean {
		return this.#options.client.settings.instagram !== null;
	}

	/** Where to send the seller's browser. `redirectUri` must be registered at Meta. */
	async begin(
		login: MetaLogin,
		session: LoginSession,
		{ redirectUri, rerequest }: { readonly redirectUri: string; readonly rerequest: boolean }
	): Promise<string> {
		const { redis, client } = this.#options;
		const state = randomBytes(STATE_BYTES).toString('base64url');
		const attempt = JSON.stringify({ login, session: sessionDigest(session) });
		await redis.set(attemptKey(state), attempt, 'EX', ATTEMPT_SECONDS);
		const scopes = scopesFor(login, ['facebook', 'instagram']);
		const request = { redirectUri, state, scopes, rerequest };
		return login === 'facebook'
			? facebook.authorizeUrl(client.settings, request)
			: instagram.authorizeUrl(client.settings, request);
	}

	/**
	 * Takes the seller who comes back from Meta's window. Throws `CONNECT_EXPIRED` for a state that is
	 * unknown, used, stale or another session's (all alike), and `MetaError`.
	 */
	async finish(
		login: MetaLogin,
		session: LoginSession,
		callback: { readonly search: URLSearchParams; readonly redirectUri: string }
	): Promise<LoginResult> {
		const answer = readCallback(callback.search);
		if (answer.kind === 'invalid') throw new AppError('CONNECT_EXPIRED');
		await this.#useState(answer.state, login, session);
		if (answer.kind === 'denied') return { kind: 'denied', reason: answer.reason };
		const { client } = this.#options;
		const exchange = { code: answer.code, redirectUri: callback.redirectUri };
		const granted =
			login === 'facebook'
				? await grantedByFacebook(client, exchange)
				: await grantedByInstagram(client, exchange);
		return { kind: 'granted', pickId: await this.#keep(granted, session) };
	}

	/** What was granted. Throws `CONNECT_EXPIRED`. */
	async granted(pickId: string, session: LoginSession): Promise<GrantedAccounts> {
		const stored = await this.#options.redis.get(pickKey(pickId));
		const pick = stored === null ? null : pickSchema.parse(JSON.parse(stored));
		if (pick?.session !== sessionDigest(session)) throw new AppError('CONNECT_EXPIRED');
		return grantedSchema.parse(JSON.parse(this.#options.vault.open(pick.sealed, pickId, PICK)));
	}

	/** Forgets what was granted, tokens and all. */
	async forget(pickId: string): Promise<void> {
		await this.#options.redis.del(pickKey(pickId));
	}

	async #useState(state: string, login: MetaLogin, session: LoginSession): Promise<void> {
		// GETDEL: of two requests with the same state one gets it.
		const stored = await this.#options.redis.getdel(attemptKey(state));
		const attempt = stored === null ? null : attemptSchema.parse(JSON.parse(stored));
		if (attempt?.login !== login || attempt.session !== sessionDigest(session)) {
			throw new AppError('CONNECT_EXPIRED');
		}
	}

	async #keep(granted: GrantedAccounts, session: LoginSession): Promise<string> {
		const pickId = randomBytes(STATE_BYTES).toString('base64url');
		const sealed = this.#options.vault.seal(JSON.stringify(granted), pickId, PICK);
		const pick = JSON.stringify({ session: sessionDigest(session), sealed });
		await this.#options.redis.set(pickKey(pickId), pick, 'EX', ATTEMPT_SECONDS);
		return pickId;
	}
}

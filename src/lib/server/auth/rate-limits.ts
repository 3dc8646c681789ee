import { createHash } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../errors.ts';
import { RATE_LIMIT_PREFIX } from '../redis/keys.ts';
import type { RedisClient } from '../redis/run-script.ts';
import { addressGroup } from './client-address.ts';

/** How many attempts fit into how many seconds. */
export type Allowance = { readonly points: number; readonly duration: number };

export type AuthAllowances = {
	/** Failed sign-ins of one account from one address. */
	readonly signInAccount: Allowance;
	/** Failed sign-ins from one address, whatever the account. */
	readonly signInAddress: Allowance;
	/** New accounts from one address. */
	readonly register: Allowance;
	/** Wrong passwords of somebody who is signed in. */
	readonly password: Allowance;
	/** Invitations of one workspace. */
	readonly invite: Allowance;
	/** Tokens tried from one address that are no invitation's. */
	readonly inviteToken: Allowance;
};

export const DEFAULT_ALLOWANCES: AuthAllowances = {
	signInAccount: { points: 10, duration: 15 * 60 },
	signInAddress: { points: 50, duration: 15 * 60 },
	register: { points: 10, duration: 60 * 60 },
	password: { points: 10, duration: 15 * 60 },
	invite: { points: 30, duration: 60 * 60 },
	inviteToken: { points: 30, duration: 15 * 60 }
};

function createLimiter(redis: RedisClient, name: string, allowance: Allowance): RateLimiterRedis {
	return new RateLimiterRedis({
		storeClient: redis,
		keyPrefix: `${RATE_LIMIT_PREFIX}:${name}`,
		...allowance,
		// While Redis is away each process counts for itself: guessing stays slow, people can sign in.
		rejectIfRedisNotReady: true,
		insuranceLimiter: new RateLimiterMemory(allowance)
	});
}

/** Addresses and accounts are personal data: Redis gets their hash. */
function keyOf(...parts: string[]): string {
	return createHash('sha256').update(parts.join('\n')).digest('base64url').slice(0, 32);
}

/** A counted attempt. `forgive` it when it succeeded: only failures use the allowance up. */
export type Attempt = { forgive(): Promise<void> };

/** Limits on guessing passwords and tokens, and on making accounts and invitations. */
export class AuthLimits {
	readonly #account: RateLimiterRedis;
	readonly #address: RateLimiterRedis;
	readonly #register: RateLimiterRedis;
	readonly #password: RateLimiterRedis;
	readonly #invite: RateLimiterRedis;
	readonly #inviteToken: RateLimiterRedis;

	readonly #onLimited: (limiter: string) => void;

	/** `onLimited` hears the name of the limit that refused somebody. */
	constructor(
		redis: RedisClient,
		allowances: AuthAllowances = DEFAULT_ALLOWANCES,
		onLimited: (limiter: string) => void = () => undefined
	) {
		this.#onLimited = onLimited;
		this.#account = createLimiter(redis, 'sign-in-account', allowances.signInAccount);
		this.#address = createLimiter(redis, 'sign-in-address', allowances.signInAddress);
		this.#register = createLimiter(redis, 'register', allowances.register);
		this.#password = createLimiter(redis, 'password', allowances.password);
		this.#invite = createLimiter(redis, 'invite', allowances.invite);
		this.#inviteToken = createLimiter(redis, 'invite-token', allowances.inviteToken);
	}

	/** Counts a sign-in before the password is checked, so that guesses sent at once count too. */
	async countSignIn(email: string, address: string): Promise<Attempt> {
		const group = addressGroup(address);
		const accountKey = keyOf(email, group);
		const addressKey = keyOf(group);
		await this.#consume(this.#address, addressKey);
		await this.#consume(this.#account, accountKey);
		return {
			forgive: async () => {
				await Promise.all([this.#account.delete(accountKey), this.#address.reward(addressKey)]);
			}
		};
	}

	async countRegistration(address: string): Promise<void> {
		await this.#consume(this.#register, keyOf(addressGroup(address)));
	}

	/** Somebody who is signed in names their present password. */
	async countPassword(userId: string): Promise<Attempt> {
		const key = keyOf(userId);
		await this.#consume(this.#password, key);
		return { forgive: async () => void (await this.#password.delete(key)) };
	}

	async countInvite(workspaceId: string): Promise<void> {
		await this.#consume(this.#invite, keyOf(workspaceId));
	}

	/** Somebody opens an invitation. */
	async countInviteToken(address: string): Promise<Attempt> {
		const key = keyOf(addressGroup(address));
		await this.#consume(this.#inviteToken, key);
		return { forgive: async () => void (await this.#inviteToken.reward(key)) };
	}

	/** Throws `RATE_LIMITED` (details: `retryAfterSeconds`) when the key has used its allowance up. */
	async #consume(limiter: RateLimiterRedis, key: string): Promise<void> {
		try {
			await limiter.consume(key);
		} catch (rejection) {
			if (!(rejection instanceof RateLimiterRes)) throw rejection;
			this.#onLimited(limiter.keyPrefix.slice(RATE_LIMIT_PREFIX.length + 1));
			const retryAfterSeconds = Math.max(1, Math.ceil(rejection.msBeforeNext / 1_000));
			throw new AppError('RATE_LIMITED', { details: { retryAfterSeconds } });
		}
	}
}

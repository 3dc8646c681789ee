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
};

export const DEFAULT_ALLOWANCES: AuthAllowances = {
	signInAccount: { points: 10, duration: 15 * 60 },
	signInAddress: { points: 50, duration: 15 * 60 },
	register: { points: 10, duration: 60 * 60 }
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

/** Throws `RATE_LIMITED` (details: `retryAfterSeconds`) when the key has used its allowance up. */
async function consume(limiter: RateLimiterRedis, key: string): Promise<void> {
	try {
		await limiter.consume(key);
	} catch (rejection) {
		if (!(rejection instanceof RateLimiterRes)) throw rejection;
		const retryAfterSeconds = Math.max(1, Math.ceil(rejection.msBeforeNext / 1_000));
		throw new AppError('RATE_LIMITED', { details: { retryAfterSeconds } });
	}
}

/** Limits on guessing passwords and on making accounts. */
export class AuthLimits {
	readonly #account: RateLimiterRedis;
	readonly #address: RateLimiterRedis;
	readonly #register: RateLimiterRedis;

	constructor(redis: RedisClient, allowances: AuthAllowances = DEFAULT_ALLOWANCES) {
		this.#account = createLimiter(redis, 'sign-in-account', allowances.signInAccount);
		this.#address = createLimiter(redis, 'sign-in-address', allowances.signInAddress);
		this.#register = createLimiter(redis, 'register', allowances.register);
	}

	/**
	 * Counts a sign-in before the password is checked, so that guesses sent at once count too. Call
	 * `forgive` on the result when it succeeded: only failures use the allowance up.
	 */
	async countSignIn(email: string, address: string): Promise<{ forgive(): Promise<void> }> {
		const group = addressGroup(address);
		const accountKey = keyOf(email, group);
		const addressKey = keyOf(group);
		await consume(this.#address, addressKey);
		await consume(this.#account, accountKey);
		return {
			forgive: async () => {
				await Promise.all([this.#account.delete(accountKey), this.#address.reward(addressKey)]);
			}
		};
	}

	async countRegistration(address: string): Promise<void> {
		await consume(this.#register, keyOf(addressGroup(address)));
	}
}

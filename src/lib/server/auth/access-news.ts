import type { RedisClient } from '../redis/run-script.ts';

/** Carries ids of users whose rights changed: of no use to anybody else, and no secret. */
const CHANNEL = 'sellary:access';

/**
 * Tells every process that somebody's rights changed, so that their open consoles are looked at anew at
 * once. A word that is lost costs time only: consoles look by themselves every minute.
 */
export class AccessNews {
	readonly #redis: RedisClient;
	readonly #listeners = new Map<string, Set<() => void>>();

	/** `subscriber`: a connection in subscriber mode, shared with others; null hears this process alone. */
	constructor(redis: RedisClient, subscriber: RedisClient | null) {
		this.#redis = redis;
		subscriber?.on('smessage', (channel: string, userId: string) => {
			if (channel === CHANNEL) this.#hear(userId);
		});
		// It waits for a Redis that is away, and fails when the process ends.
		subscriber?.ssubscribe(CHANNEL).catch(() => undefined);
	}

	/** Calls `listener` whenever the user's rights changed, until the returned function is called. */
	follow(userId: string, listener: () => void): () => void {
		const listeners = this.#listeners.get(userId) ?? new Set();
		this.#listeners.set(userId, listeners.add(listener));
		return () => {
			listeners.delete(listener);
			if (listeners.size === 0 && this.#listeners.get(userId) === listeners) {
				this.#listeners.delete(userId);
			}
		};
	}

	/** Call after the change is stored. Never fails: what was stored holds whether or not it is heard. */
	async announce(...userIds: readonly string[]): Promise<void> {
		for (const userId of userIds) this.#hear(userId);
		await Promise.allSettled(userIds.map((userId) => this.#redis.spublish(CHANNEL, userId)));
	}

	#hear(userId: string): void {
		for (const listener of [...(this.#listeners.get(userId) ?? [])]) listener();
	}
}

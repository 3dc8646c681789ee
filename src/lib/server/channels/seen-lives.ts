import { z } from 'zod';
import type { RedisClient } from '../redis/run-script.ts';

/** A live that was noticed by its comments: with Instagram Login nothing else tells of it (PLATFORMS 1.10). */
export type SeenLive = {
	readonly liveId: string;
	/** Epoch ms. */
	readonly firstAt: number;
	readonly lastAt: number;
};

/** A broadcast whose comments stopped for this long is hardly on any more. */
const TTL_SECONDS = 6 * 3_600;
const MAX_LIVES = 20;

const timesSchema = z.tuple([z.number(), z.number()]);

const key = (accountId: string): string => `sellary:seen-lives:{instagram:${accountId}}`;

/** Notes that a comment of this live arrived. */
export async function noteLive(
	redis: RedisClient,
	accountId: string,
	liveId: string,
	at: number
): Promise<void> {
	const stored = await redis.hget(key(accountId), liveId);
	if (stored === null && (await redis.hlen(key(accountId))) >= MAX_LIVES) {
		await redis.del(key(accountId));
	}
	const [firstAt] = stored === null ? [at] : timesSchema.parse(JSON.parse(stored));
	await redis.hset(key(accountId), liveId, JSON.stringify([firstAt, at]));
	await redis.expire(key(accountId), TTL_SECONDS);
}

/** The account's lives that were noticed lately, the latest first. */
export async function seenLives(redis: RedisClient, accountId: string): Promise<SeenLive[]> {
	const stored = await redis.hgetall(key(accountId));
	return Object.entries(stored)
		.map(([liveId, text]) => {
			const [firstAt, lastAt] = timesSchema.parse(JSON.parse(text));
			return { liveId, firstAt, lastAt };
		})
		.sort((a, b) => b.lastAt - a.lastAt);
}

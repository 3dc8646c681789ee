import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { commentKey, incomingCommentSchema } from '../allocator/comment.ts';
import type { CommentIntake, IncomingComment } from '../allocator/comment.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../observability/logger.ts';
import { showKey } from '../redis/keys.ts';
import { runScript } from '../redis/run-script.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { LuaScript } from '../redis/script-loader.ts';
import { Lease } from './lease.ts';

/** The ways by which comments reach us, as bits of the sightings (lua/offer-comments.lua). */
export const PATHS = { poll: 1, stream: 2, webhook: 4 } as const;
export type Path = keyof typeof PATHS;

/** A comment with the text that orders it among those of all channels (comment-order.ts). */
export type OfferedComment = {
	readonly orderKey: string;
	readonly comment: IncomingComment & { readonly commentId: string };
};

/** What became of an offered comment: see lua/offer-comments.lua. */
export type OfferStatus = 'new' | 'waiting' | 'logged';

type Waiting = OfferedComment & { readonly key: string; readonly arrivedAt: number };

export type InboxOptions = {
	readonly redis: RedisClient;
	readonly scripts: ReadonlyMap<string, LuaScript>;
	readonly comments: Pick<CommentIntake, 'take'>;
	/** How long a comment waits for an earlier one that another path may still bring. */
	readonly orderWindowMs: number;
	readonly logger: Logger;
};

const OFFER_CHUNK = 100;
const LEASE_MS = 15_000;
const LEASE_RETRY_MS = 20;
const FEED_CHUNK = 100;

const answerSchema = z.tuple([z.string()], z.enum(['new', 'waiting', 'logged']));
const storedSchema = z.object({
	orderKey: z.string(),
	comment: incomingCommentSchema.extend({ commentId: z.string() })
});

/**
 * Where the comments of a show wait until it is their turn. Polling, stream and webhooks bring the same
 * comments at different times and in different orders; the inbox holds each once, and feeds the
 * allocator in the platforms' order: as soon as a poll has shown that nothing earlier is missing, or
 * when the order window is over. It lives in Redis, so a comment that a webhook was answered for is safe.
 */
export class CommentInbox {
	readonly #options: InboxOptions;
	readonly #offer: LuaScript;

	constructor(options: InboxOptions) {
		const offer = options.scripts.get('offer-comments');
		if (!offer) throw new Error('lua/offer-comments.lua does not exist');
		this.#options = options;
		this.#offer = offer;
	}

	/** Adds what a path brought. Bringing a comment again is safe. Returns what became of each. */
	async offer(
		showId: string,
		channelId: string,
		path: Path,
		offered: readonly OfferedComment[]
	): Promise<OfferStatus[]> {
		const keys = (['inbox', 'sightings', 'intake', 'comments'] as const).map((key) =>
			showKey(showId, key)
		);
		const statuses: OfferStatus[] = [];
		for (let start = 0; start < offered.length; start += OFFER_CHUNK) {
			const args = offered.slice(start, start + OFFER_CHUNK).flatMap((entry) => {
				const { platform, commentId, userId } = entry.comment;
				return [
					commentKey(platform, commentId),
					userId === null ? '0' : '1',
					JSON.stringify(entry)
				];
			});
			const answer = await runScript(this.#options.redis, this.#offer, keys, [
				channelId,
				String(PATHS[path]),
				...args
			]);
			const [, ...rest] = answerSchema.parse(answer);
			statuses.push(...rest);
		}
		return statuses;
	}

	/**
	 * Feeds the allocator with every comment whose turn has come, in order: those up to `settledKey`, for
	 * which a complete poll has shown that none is missing; those that have waited for the order window;
	 * and whatever comes before one of these. `take: 'all'` feeds all. Returns how many were fed; throws
	 * `UNAVAILABLE`, and then the rest waits on.
	 */
	async drain(
		showId: string,
		until: { readonly settledKey?: string | null; readonly take?: 'due' | 'all' } = {}
	): Promise<number> {
		if ((await this.#due(showId, until)).length === 0) return 0;
		const lease = new Lease(this.#options, showId, 'inbox');
		while (!(await lease.take(LEASE_MS))) await sleep(LEASE_RETRY_MS);
		try {
			// Read again: whoever had the lease may have fed them.
			const due = await this.#due(showId, until);
			for (let start = 0; start < due.length; start += FEED_CHUNK) {
				if (start > 0 && !(await lease.take(LEASE_MS))) break;
				await this.#feed(showId, due.slice(start, start + FEED_CHUNK));
			}
			return due.length;
		} finally {
			await lease.giveBack();
		}
	}

	/** Comments that wait. */
	async size(showId: string): Promise<number> {
		return await this.#options.redis.hlen(showKey(showId, 'inbox'));
	}

	async #due(
		showId: string,
		until: { readonly settledKey?: string | null; readonly take?: 'due' | 'all' }
	): Promise<Waiting[]> {
		const { redis, orderWindowMs } = this.#options;
		const stored = await redis.hgetall(showKey(showId, 'inbox'));
		const waiting = Object.entries(stored)
			.map(([key, value]) => readWaiting(key, value))
			.sort((a, b) => (a.orderKey < b.orderKey ? -1 : 1));
		if (waiting.length === 0 || until.take === 'all') return waiting;
		const [seconds, micros] = await redis.time();
		const overdue = Number(seconds) * 1000 + Number(micros) / 1000 - orderWindowMs;
		const last = waiting.findLastIndex(
			(entry) => entry.arrivedAt <= overdue || entry.orderKey <= (until.settledKey ?? '')
		);
		return waiting.slice(0, last + 1);
	}

	/** One after the other: the order in which the script runs is the order (DESIGN §3). */
	async #feed(showId: string, chunk: readonly Waiting[]): Promise<void> {
		const { redis } = this.#options;
		const intake = showKey(showId, 'intake');
		let last = (await redis.hget(intake, 'last')) ?? '';
		let late = 0;
		const fed: string[] = [];
		try {
			for (const { key, comment, orderKey } of chunk) {
				await this.#take(showId, comment);
				fed.push(key);
				if (orderKey < last) late++;
				else last = orderKey;
			}
		} finally {
			if (fed.length > 0) {
				await redis.hset(intake, 'last', last);
				if (late > 0) await redis.hincrby(intake, 'late', late);
				// Last: until here a crash only has them fed again, and they are recognised.
				await redis.hdel(showKey(showId, 'inbox'), ...fed);
			}
		}
	}

	async #take(showId: string, comment: IncomingComment): Promise<void> {
		try {
			await this.#options.comments.take(showId, comment);
		} catch (error) {
			if (!(error instanceof AppError)) throw error;
			// The show is over: what its viewers write now counts no more.
			if (error.code === 'SHOW_NOT_LIVE') return;
			if (error.code !== 'INVALID_INPUT') throw error;
			const { platform } = comment;
			this.#options.logger.warn({ showId, platform }, 'a comment that no log can hold is dropped');
		}
	}
}

/** An inbox value: 13 digits of ms, a flag, the JSON (lua/offer-comments.lua). */
function readWaiting(key: string, value: string): Waiting {
	const parsed = storedSchema.parse(JSON.parse(value.slice(14)));
	return { key, arrivedAt: Number(value.slice(0, 13)), ...parsed };
}

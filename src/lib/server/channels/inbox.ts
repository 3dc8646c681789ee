import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { commentKey } from '../allocator/comment.ts';
import type { CommentIntake, IncomingComment } from '../allocator/comment.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../observability/logger.ts';
import { showKey } from '../redis/keys.ts';
import { runScript } from '../redis/run-script.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { LuaScript } from '../redis/script-loader.ts';
import { feedComments } from './inbox-feed.ts';
import { dueComments, liveName, readWaiting } from './inbox-turns.ts';
import type { LiveName, Turn, Waiting } from './inbox-turns.ts';
import { Lease } from './lease.ts';
import type { ChannelObserver } from './observer.ts';

/** The ways by which comments reach us, as bits of the sightings (lua/offer-comments.lua). */
export const PATHS = { poll: 1, stream: 2, webhook: 4 } as const;
export type Path = keyof typeof PATHS;

/** A comment with the text that orders it among those of its live (comment-order.ts). */
export type OfferedComment = {
	readonly orderKey: string;
	readonly comment: IncomingComment & { readonly commentId: string };
};

/** What became of an offered comment: see lua/offer-comments.lua. */
export type OfferStatus = 'new' | 'waiting' | 'nameless' | 'logged';

export type InboxOptions = {
	readonly redis: RedisClient;
	readonly scripts: ReadonlyMap<string, LuaScript>;
	readonly comments: Pick<CommentIntake, 'take'>;
	/** How long a comment waits for an earlier one that another path may still bring. */
	readonly orderWindowMs: number;
	/** How many comments of a show may wait; 20,000 unless given. */
	readonly maxWaiting?: number;
	readonly logger: Logger;
	readonly observer?: ChannelObserver;
};

const OFFER_CHUNK = 100;
/** Comments of a show that may wait, some ten megabytes: an allocator that is away must not fill Redis. */
const MAX_WAITING = 20_000;
const LEASE_RETRY_MS = 20;
const FEED_CHUNK = 100;
/** A reader that has not brought its next page by then no longer keeps comments waiting. */
const HOLD_MS = 5_000;

const fullSchema = z.tuple([z.string(), z.literal('full')]);
const answerSchema = z.tuple([z.string()], z.enum(['new', 'waiting', 'nameless', 'logged']));

const holdField = (live: string): string => `hold:${live}`;

const inboxKeys = (showId: string): string[] =>
	(['inbox', 'sightings', 'intake', 'comments'] as const).map((key) => showKey(showId, key));

/**
 * Where the comments of a show wait until it is their turn. Polling, stream and webhooks bring the same
 * comments at different times and in different orders; the inbox holds each once, and feeds the
 * allocator in the platform's order: as soon as a poll has shown that nothing earlier is missing, or
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

	/**
	 * Adds what a path brought. Bringing a comment again is safe. Returns what became of each. Throws
	 * `UNAVAILABLE` when too many wait; some of the comments may have been added then.
	 */
	async offer(
		channel: { readonly showId: string; readonly id: string } & LiveName,
		path: Path,
		offered: readonly OfferedComment[]
	): Promise<OfferStatus[]> {
		const { showId, id: channelId } = channel;
		const statuses: OfferStatus[] = [];
		for (let start = 0; start < offered.length; start += OFFER_CHUNK) {
			const args = offered
				.slice(start, start + OFFER_CHUNK)
				.flatMap(({ orderKey, comment }) => [
					commentKey(comment.platform, comment.commentId),
					comment.userId === null ? '0' : '1',
					typeof comment.postedAt === 'number' ? '1' : '0',
					orderKey,
					JSON.stringify(comment)
				]);
			const answer = await runScript(this.#options.redis, this.#offer, inboxKeys(showId), [
				channelId,
				String(PATHS[path]),
				liveName(channel),
				String(this.#options.maxWaiting ?? MAX_WAITING),
				...args
			]);
			if (fullSchema.safeParse(answer).success) throw new AppError('UNAVAILABLE');
			const [, ...rest] = answerSchema.parse(answer);
			statuses.push(...rest);
		}
		return statuses;
	}

	/** Keeps the order window of a live from feeding it while a gap is read; for 5 s unless renewed. */
	async hold(showId: string, live: LiveName): Promise<void> {
		const until = (await this.#now(showId)) + HOLD_MS;
		await this.#options.redis.hset(
			showKey(showId, 'intake'),
			holdField(liveName(live)),
			String(until)
		);
	}

	/** The gap was read, or reading it failed. */
	async release(showId: string, live: LiveName): Promise<void> {
		await this.#options.redis.hdel(showKey(showId, 'intake'), holdField(liveName(live)));
	}

	/**
	 * Feeds the allocator with the comments whose turn has come (inbox-turns.ts). Returns how many were
	 * fed: none when somebody else is feeding the show, unless `turn` says what must be fed. Throws
	 * `UNAVAILABLE`, and then the rest waits on.
	 */
	async drain(showId: string, turn: Turn = {}): Promise<number> {
		if ((await this.#due(showId, turn)).length === 0) return 0;
		const lease = new Lease(this.#options, showId, 'inbox');
		const isAsked = turn.take === 'all' || !!turn.settled;
		while (!(await lease.take())) {
			// Whose window is over now is fed at the next tick.
			if (!isAsked) return 0;
			await sleep(LEASE_RETRY_MS);
		}
		try {
			// Read again: whoever had the lease may have fed them.
			const due = await this.#due(showId, turn);
			for (let start = 0; start < due.length; start += FEED_CHUNK) {
				if (lease.lost.aborted) break;
				await feedComments(this.#options, showId, due.slice(start, start + FEED_CHUNK));
			}
			return due.length;
		} finally {
			await lease.giveBack();
		}
	}

	async #due(showId: string, turn: Turn): Promise<Waiting[]> {
		const { redis, orderWindowMs: windowMs } = this.#options;
		const stored = await redis.hgetall(showKey(showId, 'inbox'));
		const waiting = Object.entries(stored).map(([key, value]) => readWaiting(key, value));
		if (waiting.length === 0) return waiting;
		const lives = [...new Set(waiting.map(({ live }) => live))];
		const untils = await redis.hmget(showKey(showId, 'intake'), ...lives.map(holdField));
		const holds = new Map(lives.map((live, index) => [live, Number(untils[index] ?? 0)]));
		return dueComments(waiting, { ...turn, now: await this.#now(showId), windowMs, holds });
	}

	/** Epoch ms by the clock of the server that holds the show: the one that stamps arrivals. */
	async #now(showId: string): Promise<number> {
		const [now] = answerSchema.parse(
			await runScript(this.#options.redis, this.#offer, inboxKeys(showId), ['', '1', '', ''])
		);
		return Number(now);
	}
}

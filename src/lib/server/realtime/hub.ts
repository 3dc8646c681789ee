import { z } from 'zod';
import type { LogPosition, ShowEvent } from '../../domain/events.ts';
import type { ShowSnapshot } from '../../domain/live-show.ts';
import { readEvents, readNewestEvents } from '../allocator/event-stream.ts';
import { readLiveState } from '../allocator/live-state.ts';
import { AppError } from '../errors.ts';
import { parseNote } from '../event-schema.ts';
import { withoutLogContext } from '../observability/log-context.ts';
import type { Logger } from '../observability/logger.ts';
import { onServerChange } from '../redis/connections.ts';
import { showKey } from '../redis/keys.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { LuaScript } from '../redis/script-loader.ts';
import { BatchQueue } from './batch-queue.ts';
import type { BatchReader, HubObserver, LiveFeed, SubscribeOptions } from './hub-types.ts';
import { ShowFeed } from './show-feed.ts';
import type { FeedSource } from './show-feed.ts';

export type HubOptions = {
	readonly redis: RedisClient;
	/** A connection of its own: one in subscriber mode takes no other commands on older servers. */
	readonly subscriber: RedisClient;
	readonly scripts: ReadonlyMap<string, LuaScript>;
	readonly logger: Logger;
	readonly recover: (showId: string, damaged: LogPosition | null) => Promise<void>;
	/** Persisted events up to a seq, newest `limit` of them, oldest first. */
	readonly persistedEvents: (showId: string, toSeq: number, limit: number) => Promise<ShowEvent[]>;
	readonly observer?: HubObserver;
};

/** How long a show stays in memory after its last reader left: a reload finds it warm. */
const LINGER_MS = 30_000;
/** The subscriber's connection waits for a Redis that is away for ever; its readers don't. */
const SUBSCRIBE_TIMEOUT_MS = 3_000;

type Watched = {
	readonly feed: ShowFeed;
	readonly started: Promise<void>;
	users: number;
	linger: NodeJS.Timeout | null;
};

const positionSchema = z.tuple([z.string(), z.coerce.number().int(), z.coerce.number().int()]);

/** The watched shows of this process: one subscription and one fold per show, whoever reads. */
export class LiveHub implements LiveFeed {
	readonly #options: HubOptions;
	readonly #watched = new Map<string, Watched>();
	readonly #byChannel = new Map<string, ShowFeed>();

	constructor(options: HubOptions) {
		this.#options = options;
		options.subscriber.on('smessage', (channel: string, message: string) =>
			this.#receive(channel, message)
		);
		for (const client of [options.redis, options.subscriber]) {
			onServerChange(client, () => this.#verify());
		}
	}

	/** Shows watched, subscribers attached, and how far the slowest feed is behind, for metrics. */
	get load(): {
		readonly shows: number;
		readonly subscribers: number;
		readonly lagEvents: number;
	} {
		const feeds = [...this.#watched.values()];
		return {
			shows: feeds.length,
			subscribers: feeds.reduce((sum, { feed }) => sum + feed.subscribers, 0),
			lagEvents: Math.max(0, ...feeds.map(({ feed }) => feed.lagEvents))
		};
	}

	async snapshot(showId: string): Promise<ShowSnapshot> {
		const watched = await this.#acquire(showId);
		try {
			await watched.feed.catchUp();
			return watched.feed.snapshot();
		} finally {
			this.#release(showId, watched);
		}
	}

	subscribe(showId: string, { resumeFrom, signal }: SubscribeOptions): BatchReader {
		const queue = new BatchQueue(() => this.#options.observer?.cut());
		return queue.read(signal, async () => {
			const watched = await this.#acquire(showId);
			const leave = (): void => {
				watched.feed.detach(queue);
				this.#release(showId, watched);
			};
			try {
				await watched.feed.attach(queue, resumeFrom);
				return leave;
			} catch (error) {
				leave();
				throw error;
			}
		});
	}

	/** Drops every feed. Subscribers end through their own signals. */
	close(): void {
		for (const watched of this.#watched.values()) {
			if (watched.linger) clearTimeout(watched.linger);
			watched.feed.stop();
		}
		this.#watched.clear();
		this.#byChannel.clear();
	}

	async #acquire(showId: string): Promise<Watched> {
		const watched = this.#watched.get(showId) ?? withoutLogContext(() => this.#watch(showId));
		watched.users++;
		if (watched.linger) clearTimeout(watched.linger);
		watched.linger = null;
		try {
			await watched.started;
			return watched;
		} catch (error) {
			this.#release(showId, watched);
			throw error;
		}
	}

	#release(showId: string, watched: Watched): void {
		watched.users--;
		if (watched.users > 0 || this.#watched.get(showId) !== watched) return;
		watched.linger = setTimeout(() => this.#drop(showId, watched), LINGER_MS);
		watched.linger.unref();
	}

	#watch(showId: string): Watched {
		const { logger, observer } = this.#options;
		const feed = new ShowFeed(showId, this.#source(showId), logger, observer);
		const channel = showKey(showId, 'live');
		this.#byChannel.set(channel, feed);
		const started = this.#listenTo(channel).then(() => feed.start());
		const watched: Watched = { feed, started, users: 0, linger: null };
		this.#watched.set(showId, watched);
		// A feed that could not start must not be kept: the next reader tries again.
		started.catch(() => this.#drop(showId, watched));
		return watched;
	}

	async #listenTo(channel: string): Promise<void> {
		let timer: NodeJS.Timeout | undefined;
		const timeout = new Promise<never>((_resolve, reject) => {
			timer = setTimeout(() => reject(new AppError('UNAVAILABLE')), SUBSCRIBE_TIMEOUT_MS);
		});
		try {
			await Promise.race([this.#options.subscriber.ssubscribe(channel), timeout]);
		} finally {
			clearTimeout(timer);
		}
	}

	#drop(showId: string, watched: Watched): void {
		if (this.#watched.get(showId) !== watched) return;
		watched.feed.stop();
		this.#watched.delete(showId);
		const channel = showKey(showId, 'live');
		this.#byChannel.delete(channel);
		this.#options.subscriber.sunsubscribe(channel).catch((error: unknown) => {
			this.#options.logger.warn({ err: error, showId }, 'could not unsubscribe');
		});
	}

	#verify(): void {
		for (const { feed } of this.#watched.values()) void feed.verify();
	}

	#receive(channel: string, message: string): void {
		const feed = this.#byChannel.get(channel);
		if (!feed) return;
		try {
			feed.receive(parseNote(message));
		} catch (error) {
			this.#options.logger.error({ err: error, channel }, 'a published message could not be read');
			void feed.heal();
		}
	}

	#source(showId: string): FeedSource {
		const { redis, scripts, recover } = this.#options;
		return {
			load: async () => {
				const live = await readLiveState(redis, scripts, showId);
				if (live) return live;
				await recover(showId, null);
				const rebuilt = await readLiveState(redis, scripts, showId);
				if (!rebuilt) throw new AppError('UNAVAILABLE');
				return rebuilt;
			},
			rebuild: (damaged) => recover(showId, damaged),
			position: async () => {
				const fields = await redis.hmget(showKey(showId, 'meta'), 'epoch', 'seq', 'persisted');
				if (fields[0] === null) return null;
				const [epoch, seq, persistedSeq] = positionSchema.parse(fields);
				return { epoch, seq, persistedSeq };
			},
			read: (fromSeq, limit) => readEvents(redis, showId, fromSeq, limit),
			recent: (toSeq, limit) => this.#recentEvents(showId, toSeq, limit),
			listen: async () => {
				const channel = showKey(showId, 'live');
				// Nobody may watch it any more.
				if (this.#byChannel.has(channel)) await this.#listenTo(channel);
			}
		};
	}

	/** The stream's tail, and what was trimmed from it out of history. */
	async #recentEvents(showId: string, toSeq: number, limit: number): Promise<ShowEvent[]> {
		const newest = await readNewestEvents(this.#options.redis, showId, toSeq, limit);
		const first = newest[0]?.seq ?? toSeq + 1;
		if (newest.length >= limit || first <= 1) return newest;
		try {
			const older = await this.#options.persistedEvents(showId, first - 1, limit - newest.length);
			return [...older, ...newest];
		} catch (error) {
			// Postgres is away: the console starts with fewer old lines, and with every claim.
			this.#options.logger.warn({ err: error, showId }, 'older events could not be read');
			return newest;
		}
	}
}

import { z } from 'zod';
import type { LogPosition } from '../../domain/events.ts';
import { readEvents } from '../allocator/event-stream.ts';
import type { Logger } from '../observability/logger.ts';
import { SHOW_KEYS, showKey } from '../redis/keys.ts';
import { runScript } from '../redis/run-script.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { LuaScript } from '../redis/script-loader.ts';
import type { Db } from './database.ts';
import { persistedPosition } from './postgres-state.ts';
import { writeBatch } from './write-batch.ts';

/** Events per transaction: large enough to amortise a commit, small enough to hold locks briefly. */
const BATCH_EVENTS = 1_000;

export type WriteBehindOptions = {
	readonly db: Db;
	readonly redis: RedisClient;
	readonly scripts: ReadonlyMap<string, LuaScript>;
	readonly logger: Logger;
	readonly resumeTailEvents: number;
	readonly endedShowTtlSeconds: number;
	/** Rebuilds a show that Redis holds in an older state than Postgres does. */
	readonly recover: (showId: string, damaged: LogPosition | null) => Promise<void>;
};

/** Redis and Postgres hold histories of a show that no rebuild explains. An operator must look. */
export class SplitHistoryError extends Error {
	override readonly name = 'SplitHistoryError';
}

const liveSchema = z.tuple([
	z.string(),
	z.coerce.number().int(),
	z.coerce.number().int(),
	z.coerce.number().int()
]);

type Live = LogPosition & { readonly base: number; readonly marked: number };

/**
 * Moves events from a show's stream to Postgres (DESIGN rule 4). The stream is the outbox: nothing
 * is lost if this runs late, twice, or in several processes at once; the cursor in Postgres decides.
 */
export class WriteBehind {
	readonly #options: WriteBehindOptions;
	/** Runs of this process, by show: a second caller waits for a run that starts after its call. */
	readonly #running = new Map<string, Promise<number>>();
	readonly #queued = new Map<string, Promise<number>>();

	constructor(options: WriteBehindOptions) {
		this.#options = options;
	}

	/**
	 * Persists everything that the show's stream holds now. Returns the number of events written by
	 * this call. Throws when Postgres or Redis is away, and `SplitHistoryError`.
	 */
	async persist(showId: string): Promise<number> {
		const running = this.#running.get(showId);
		if (!running) return await this.#start(showId);
		const queued = this.#queued.get(showId);
		if (queued) return await queued;
		const next = running
			.catch(() => 0)
			.then(() => {
				this.#queued.delete(showId);
				return this.#start(showId);
			});
		this.#queued.set(showId, next);
		return await next;
	}

	#start(showId: string): Promise<number> {
		const run = this.#drain(showId).finally(() => {
			if (this.#running.get(showId) === run) this.#running.delete(showId);
		});
		this.#running.set(showId, run);
		return run;
	}

	async #drain(showId: string): Promise<number> {
		const { db, redis } = this.#options;
		let written = 0;
		for (;;) {
			const live = await this.#readLive(showId);
			if (!live) return written;
			const cursor = await persistedPosition(db, showId);
			if (!cursor) return written;
			if (cursor.epoch !== live.epoch && cursor.seq !== live.base) {
				throw new SplitHistoryError(
					`show ${showId}: Postgres stands at ${cursor.epoch}:${cursor.seq}, Redis at ` +
						`${live.epoch}:${live.seq}, rebuilt from ${live.base}`
				);
			}
			if (cursor.seq > live.seq) {
				await this.#options.recover(showId, { epoch: live.epoch, seq: live.seq });
				continue;
			}
			if (cursor.seq === live.seq) {
				if (live.marked < cursor.seq) await this.#mark(showId, live.epoch, cursor.seq);
				return written;
			}
			const events = await readEvents(redis, showId, cursor.seq + 1, BATCH_EVENTS);
			const first = events[0];
			const last = events.at(-1);
			// The show was replaced between the reads; look again.
			if (!first || !last || first.epoch !== live.epoch || last.epoch !== live.epoch) continue;
			if (first.seq !== cursor.seq + 1) {
				throw new SplitHistoryError(
					`show ${showId}: the stream starts at ${first.seq}, Postgres ends at ${cursor.seq}`
				);
			}
			if (!(await writeBatch(db, showId, cursor, events))) continue;
			written += events.length;
			await this.#mark(showId, live.epoch, last.seq);
		}
	}

	async #readLive(showId: string): Promise<Live | null> {
		const fields = await this.#options.redis.hmget(
			showKey(showId, 'meta'),
			'epoch',
			'seq',
			'base',
			'persisted'
		);
		if (fields[0] === null) return null;
		const [epoch, seq, base, marked] = liveSchema.parse(fields);
		return { epoch, seq, base, marked };
	}

	async #mark(showId: string, epoch: string, seq: number): Promise<void> {
		const { redis, scripts, resumeTailEvents, endedShowTtlSeconds } = this.#options;
		const lua = scripts.get('mark-persisted');
		if (!lua) throw new Error('lua/mark-persisted.lua does not exist');
		const first = ['meta', 'events', 'live'] as const;
		const rest = SHOW_KEYS.filter((key) => !first.some((name) => name === key));
		const keys = [...first, ...rest].map((key) => showKey(showId, key));
		await runScript(redis, lua, keys, [
			epoch,
			String(seq),
			String(resumeTailEvents),
			String(endedShowTtlSeconds)
		]);
	}
}

import { isSameEvent, startsCall } from '../../domain/events.ts';
import type { LogPosition, ShowEvent } from '../../domain/events.ts';
import { readEvents } from '../allocator/event-stream.ts';
import { failpoint } from '../failpoints.ts';
import type { Logger } from '../observability/logger.ts';
import { SHOW_KEYS, showKey } from '../redis/keys.ts';
import { runScript } from '../redis/run-script.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { LuaScript } from '../redis/script-loader.ts';
import type { Db } from './database.ts';
import { agreesWithHistory, continuesHistory, isAbreast, readLiveLog } from './live-log.ts';
import { persistedPosition } from './postgres-state.ts';
import { writeBatch } from './write-batch.ts';

/** Events per transaction: large enough to amortise a commit, small enough to hold locks briefly. */
const BATCH_EVENTS = 1_000;
/** A stream that does not go on from the cursor is looked at this often before it counts as broken. */
const MAX_LOOKS = 5;

export type WriteBehindOptions = {
	readonly db: Db;
	readonly redis: RedisClient;
	readonly scripts: ReadonlyMap<string, LuaScript>;
	readonly logger: Logger;
	readonly resumeTailEvents: number;
	readonly endedShowTtlSeconds: number;
	/** Rebuilds a show that Redis holds in an older state than Postgres does. */
	readonly recover: (showId: string, damaged: LogPosition | null) => Promise<void>;
	readonly observer?: WriteBehindObserver;
};

/** Hears of each transaction and each failed run, for metrics. */
export type WriteBehindObserver = {
	readonly batchWritten: (events: number, durationMs: number) => void;
	readonly persistFailed: (reason: 'split_history' | 'error') => void;
};

/** What follows the cursor, and the event at the cursor when the stream reaches back to it. */
type Batch = { readonly joint: ShowEvent | null; readonly events: readonly ShowEvent[] };

type ReadAhead = { readonly cursorSeq: number; readonly batch: Promise<Batch> };

/** The stream of a show lacks events that Postgres has not got either. An operator must look. */
export class SplitHistoryError extends Error {
	override readonly name = 'SplitHistoryError';
}

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
		const run = this.#drain(showId)
			.catch((error: unknown) => {
				const reason = error instanceof SplitHistoryError ? 'split_history' : 'error';
				this.#options.observer?.persistFailed(reason);
				throw error;
			})
			.finally(() => {
				if (this.#running.get(showId) === run) this.#running.delete(showId);
			});
		this.#running.set(showId, run);
		return run;
	}

	async #drain(showId: string): Promise<number> {
		const { db, redis, observer } = this.#options;
		let written = 0;
		let goal: number | null = null;
		/** The last event that this run wrote: what Postgres holds there need not be asked for. */
		let mine: ShowEvent | null = null;
		let ahead: ReadAhead | null = null;
		for (let looks = 0; ;) {
			const cursor = await persistedPosition(db, showId);
			const live = await readLiveLog(redis, showId);
			if (!cursor || !live) return written;
			if (
				!isAbreast(live, cursor) &&
				!(await continuesHistory(this.#options, showId, live, cursor))
			) {
				this.#rebuild(showId, live, cursor);
				return written;
			}
			// What comes meanwhile has a wake-up of its own: chasing it would never end in a busy show, while
			// other shows wait for this worker.
			goal ??= live.seq;
			const isDone = cursor.seq >= Math.min(goal, live.seq);
			const { joint, events }: Batch =
				isDone && mine
					? { joint: mine, events: [] }
					: await this.#nextBatch(showId, cursor.seq, live, ahead);
			ahead = null;
			const agrees =
				!joint ||
				(mine?.seq === joint.seq
					? isSameEvent(mine, joint)
					: await agreesWithHistory(db, showId, joint));
			if (!agrees) {
				this.#rebuild(showId, live, cursor);
				return written;
			}
			if (isDone) {
				if (live.persistedSeq < cursor.seq) await this.#mark(showId, live.epoch, cursor.seq);
				return written;
			}
			const last = events.at(-1);
			if (!last || events[0]?.seq !== cursor.seq + 1 || last.epoch !== live.epoch) {
				// Replaced or trimmed between the reads; if it stays so, the outbox has lost events.
				if (++looks < MAX_LOOKS) continue;
				throw new SplitHistoryError(
					`show ${showId}: Redis stands at ${live.epoch}:${live.seq}, but its stream does not ` +
						`go on from event ${cursor.seq}, the last one in Postgres`
				);
			}
			if (last.seq < goal) ahead = this.#readAhead(showId, last.seq);
			failpoint('batch-read');
			const startedAt = performance.now();
			if (!(await writeBatch(db, showId, cursor, events))) continue;
			failpoint('batch-committed');
			observer?.batchWritten(events.length, performance.now() - startedAt);
			looks = 0;
			mine = last;
			written += events.length;
			await this.#mark(showId, live.epoch, last.seq);
		}
	}

	/** Reads the next batch while Postgres writes the one before it. */
	#readAhead(showId: string, cursorSeq: number): ReadAhead {
		const batch = this.#readBatch(showId, cursorSeq);
		// Its failure is heard when it is awaited, if it is at all.
		batch.catch(() => undefined);
		return { cursorSeq, batch };
	}

	/** What was read ahead, if it starts there and the log still holds it; else what the stream holds now. */
	async #nextBatch(
		showId: string,
		cursorSeq: number,
		live: LogPosition,
		ahead: ReadAhead | null
	): Promise<Batch> {
		if (ahead?.cursorSeq === cursorSeq) {
			const batch = await ahead.batch;
			const last = batch.events.at(-1);
			if (last && last.epoch === live.epoch && last.seq <= live.seq) return batch;
		}
		return await this.#readBatch(showId, cursorSeq);
	}

	/**
	 * Read in one command, the event at the cursor and those after it are of one log. A batch ends where a
	 * script call ends. A show rebuilt from half a call would keep a comment that won without its claim, or
	 * a free unit that somebody waits for.
	 */
	async #readBatch(showId: string, cursorSeq: number): Promise<Batch> {
		for (let limit = BATCH_EVENTS; ; limit *= 2) {
			const read = await readEvents(this.#options.redis, showId, cursorSeq, limit + 1);
			const joint = read[0]?.seq === cursorSeq ? read[0] : null;
			const events = joint ? read.slice(1) : read;
			if (read.length <= limit) return { joint, events };
			const lastCall = events.findLastIndex(startsCall);
			if (lastCall > 0) return { joint, events: events.slice(0, lastCall) };
		}
	}

	/** Not awaited: the rebuild calls `persist` itself and must not wait for its own end. */
	#rebuild(showId: string, live: LogPosition, cursor: LogPosition): void {
		const { logger, recover } = this.#options;
		logger.error({ showId, live, cursor }, 'Redis holds an old copy of the show; it is rebuilt');
		recover(showId, null).catch((error: unknown) => {
			logger.warn({ err: error, showId }, 'the show could not be rebuilt');
		});
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

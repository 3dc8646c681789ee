import { formatPosition } from '../../domain/events.ts';
import type { LogPosition, ShowEvent } from '../../domain/events.ts';
import { applyToLists, applyToLiveShow, toSnapshot } from '../../domain/live-show.ts';
import type { LiveMessage, LiveShow, ShowSnapshot } from '../../domain/live-show.ts';
import { FoldError, SequenceGapError } from '../../domain/reducer.ts';

import type { LiveState } from '../allocator/live-state.ts';
import type { LiveNote } from '../event-schema.ts';
import type { Logger } from '../observability/logger.ts';
import type { BatchQueue } from './batch-queue.ts';
import type { LiveBatch } from './hub-types.ts';

/** Where a feed reads from; the hub gives one per show. */
export type FeedSource = {
	/** The show's state at one instant, rebuilt first when Redis lost it. Throws `SHOW_NOT_FOUND`. */
	load(): Promise<LiveState>;
	/** Rebuilds a show that Redis holds in an older state than it has published. */
	rebuild(damaged: LogPosition): Promise<void>;
	/** The log's position as of now, null when Redis does not hold the show. */
	position(): Promise<(LogPosition & { readonly persistedSeq: number }) | null>;
	/** Events of the stream from a seq on. */
	read(fromSeq: number, limit: number): Promise<ShowEvent[]>;
	/** The newest events up to a seq, from stream and history, oldest first. */
	recent(toSeq: number, limit: number): Promise<ShowEvent[]>;
};

/** Fewest milliseconds between two messages of a busy show, and what it grows to under load. */
const TICK_MIN_MS = 5;
const TICK_MAX_MS = 25;
const MAX_BATCH_EVENTS = 100;
/** Events kept for clients that resume; a client that missed more gets a snapshot, which is smaller. */
const MAX_RESUME_EVENTS = 2_000;
const HEAL_PAGE = 1_000;
/** Recent comments and feed lines that the feed holds, and how many events it reads to fill them. */
const LIST_LIMIT = 400;
const RECENT_EVENTS = 800;
/** Silence after which the log's position is asked for: pub/sub may have lost the last message. */
const SILENCE_MS = 1_000;

/**
 * One watched show in this process: folds its events, heals gaps from the stream, and hands each
 * batch to every subscriber (DESIGN rule 3). Published messages only wake it; the stream decides.
 */
export class ShowFeed {
	readonly #showId: string;
	readonly #source: FeedSource;
	readonly #logger: Logger;
	readonly #queues = new Set<BatchQueue>();
	#show: LiveShow | null = null;
	/** An event contradicted the state: it must be read anew before anything is folded on. */
	#damaged = false;
	/** Forwarded events of the present epoch, without gaps, newest last. */
	readonly #log: ShowEvent[] = [];
	#pending: ShowEvent[] = [];
	#flushTimer: NodeJS.Timeout | null = null;
	#lastFlushAt = 0;
	#tickMs = TICK_MIN_MS;
	#heardAt = 0;
	#healing: Promise<void> | null = null;
	#healAgain = false;
	#watchdog: NodeJS.Timeout | null = null;

	constructor(showId: string, source: FeedSource, logger: Logger) {
		this.#showId = showId;
		this.#source = source;
		this.#logger = logger;
	}

	get subscribers(): number {
		return this.#queues.size;
	}

	/** Loads the state. Call after subscribing to the show's channel, so that nothing falls in between. */
	async start(): Promise<void> {
		await this.#resync();
		await this.heal();
		this.#watchdog = setInterval(() => this.#checkSilence(), SILENCE_MS);
		this.#watchdog.unref();
	}

	stop(): void {
		if (this.#watchdog) clearInterval(this.#watchdog);
		if (this.#flushTimer) clearTimeout(this.#flushTimer);
	}

	/** Takes a message of the show's channel. */
	receive(note: LiveNote): void {
		this.#heardAt = performance.now();
		const show = this.#show;
		if (!show) return;
		if (!Array.isArray(note)) {
			if ('persisted' in note) show.persistedSeq = Math.max(show.persistedSeq, note.persisted);
			else if (note.reset !== show.state.epoch) void this.heal();
			return;
		}
		if (this.#healing || this.#damaged) {
			// The stream holds these events as well; reading on after the heal keeps one order.
			this.#healAgain = true;
			return;
		}
		this.#take(show, note);
	}

	/** Reads what the stream holds beyond the state; resyncs when the history was lost or trimmed. */
	async heal(): Promise<void> {
		if (this.#healing) {
			this.#healAgain = true;
			return await this.#healing;
		}
		this.#healing = this.#healUntilQuiet().finally(() => {
			this.#healing = null;
		});
		return await this.#healing;
	}

	/** The show as this process knows it now. */
	snapshot(): ShowSnapshot {
		return toSnapshot(this.#loaded());
	}

	/**
	 * Attaches a subscriber. Its first message, a snapshot or the events it missed, is queued before
	 * anything that happens later.
	 */
	async attach(queue: BatchQueue, resumeFrom: LogPosition | null): Promise<void> {
		if (resumeFrom) await this.#prepareResume(resumeFrom);
		// From here on nothing may wait: an event between the first message and the attaching would be lost.
		this.#flush();
		for (const message of this.#firstMessages(resumeFrom)) queue.push(this.#batch(message));
		this.#queues.add(queue);
	}

	detach(queue: BatchQueue): void {
		this.#queues.delete(queue);
	}

	async #prepareResume(from: LogPosition): Promise<void> {
		// The client may have been told by another process what this one has not heard yet.
		const { state } = this.#loaded();
		if (from.epoch === state.epoch && from.seq > state.seq) await this.heal();
		const known = this.#loaded().state;
		const missing = known.seq - from.seq;
		if (from.epoch !== known.epoch || missing <= 0 || missing > MAX_RESUME_EVENTS) return;
		if (this.#firstLogged() > from.seq + 1) await this.#extendLog(from.seq);
	}

	#firstMessages(resumeFrom: LogPosition | null): LiveMessage[] {
		const show = this.#loaded();
		const first = this.#firstLogged();
		if (
			resumeFrom?.epoch !== show.state.epoch ||
			resumeFrom.seq > show.state.seq ||
			resumeFrom.seq + 1 < first ||
			show.state.seq - resumeFrom.seq > MAX_RESUME_EVENTS
		) {
			return [this.#snapshotMessage()];
		}
		const missed = this.#log.slice(resumeFrom.seq + 1 - first);
		const messages: LiveMessage[] = [];
		for (let index = 0; index === 0 || index < missed.length; index += MAX_BATCH_EVENTS) {
			messages.push(eventsMessage(show, missed.slice(index, index + MAX_BATCH_EVENTS)));
		}
		return messages;
	}

	/** Seq of the oldest event in memory; the next one to come when there is none. */
	#firstLogged(): number {
		return this.#log[0]?.seq ?? this.#loaded().state.seq + 1;
	}

	/** After a restart the log in memory is short; the stream has the rest, unless it was trimmed. */
	async #extendLog(afterSeq: number): Promise<void> {
		const { epoch } = this.#loaded().state;
		const events = await this.#source.read(afterSeq + 1, MAX_RESUME_EVENTS);
		const { state } = this.#loaded();
		const first = this.#firstLogged();
		const older = events.filter((event) => event.seq < first && event.epoch === epoch);
		const joins = older.at(0)?.seq === afterSeq + 1 && older.at(-1)?.seq === first - 1;
		if (joins && state.epoch === epoch) this.#log.unshift(...older);
	}

	#snapshotMessage(): LiveMessage {
		return { kind: 'snapshot', snapshot: this.snapshot() };
	}

	#batch(message: LiveMessage): LiveBatch {
		const position =
			message.kind === 'snapshot'
				? message.snapshot
				: (message.events.at(-1) ?? this.#loaded().state);
		return { id: formatPosition(position), message };
	}

	#loaded(): LiveShow {
		if (!this.#show) throw new Error(`the feed of show ${this.#showId} has not started`);
		return this.#show;
	}

	#take(show: LiveShow, events: readonly ShowEvent[]): void {
		try {
			for (const event of events) {
				if (applyToLiveShow(show, event)) this.#forward(event);
			}
		} catch (error) {
			if (error instanceof FoldError) {
				this.#logger.error({ err: error, showId: this.#showId }, 'an event contradicts the state');
				this.#damaged = true;
			} else if (!(error instanceof SequenceGapError)) {
				throw error;
			}
			void this.heal();
		}
	}

	#forward(event: ShowEvent): void {
		this.#log.push(event);
		if (this.#log.length > MAX_RESUME_EVENTS * 1.5) {
			this.#log.splice(0, this.#log.length - MAX_RESUME_EVENTS);
		}
		if (this.#queues.size === 0) return;
		this.#pending.push(event);
		this.#scheduleFlush();
	}

	/** At once when the show was idle, else with the next tick. */
	#scheduleFlush(): void {
		if (this.#flushTimer) return;
		const elapsed = performance.now() - this.#lastFlushAt;
		const waitMs = elapsed >= this.#tickMs ? 0 : this.#tickMs - elapsed;
		const dueAt = performance.now() + waitMs;
		this.#flushTimer = setTimeout(() => {
			this.#adaptTick(performance.now() - dueAt);
			this.#flush();
		}, waitMs);
	}

	/** A timer that fires late means that the process is busy: fewer, larger messages cost less. */
	#adaptTick(lateMs: number): void {
		const factor = lateMs > TICK_MIN_MS ? 1.5 : 0.9;
		this.#tickMs = Math.min(TICK_MAX_MS, Math.max(TICK_MIN_MS, this.#tickMs * factor));
	}

	#flush(): void {
		if (this.#flushTimer) clearTimeout(this.#flushTimer);
		this.#flushTimer = null;
		const events = this.#pending;
		if (events.length === 0) return;
		this.#pending = [];
		this.#lastFlushAt = performance.now();
		const show = this.#loaded();
		for (let index = 0; index < events.length; index += MAX_BATCH_EVENTS) {
			this.#send(eventsMessage(show, events.slice(index, index + MAX_BATCH_EVENTS)));
		}
	}

	/** One object for all subscribers: the transport encodes it once. */
	#send(message: LiveMessage): void {
		const batch = this.#batch(message);
		for (const queue of this.#queues) queue.push(batch);
	}

	async #healUntilQuiet(): Promise<void> {
		do {
			this.#healAgain = false;
			try {
				await this.#healOnce();
			} catch (error) {
				// Redis or Postgres is away. The watchdog tries again as long as somebody watches.
				this.#heardAt = 0;
				this.#logger.warn({ err: error, showId: this.#showId }, 'the feed could not be healed');
				return;
			}
		} while (this.#healAgain);
	}

	async #healOnce(): Promise<void> {
		const live = await this.#source.position();
		const show = this.#loaded();
		if (live?.epoch === show.state.epoch && live.seq < show.state.seq) {
			await this.#source.rebuild(live);
			return await this.#resync();
		}
		if (this.#damaged || live?.epoch !== show.state.epoch) return await this.#resync();
		if (live.seq - show.state.seq > MAX_RESUME_EVENTS) return await this.#resync();
		show.persistedSeq = Math.max(show.persistedSeq, live.persistedSeq);
		while (show.state.seq < live.seq) {
			const events = await this.#source.read(show.state.seq + 1, HEAL_PAGE);
			const first = events[0];
			if (first?.epoch !== show.state.epoch || first.seq > show.state.seq + 1) {
				return await this.#resync();
			}
			this.#take(show, events);
			if (this.#damaged) return await this.#resync();
		}
	}

	/** Starts over from the state in Redis; every subscriber gets it as a snapshot. */
	async #resync(): Promise<void> {
		const { state, persistedSeq } = await this.#source.load();
		const show: LiveShow = { state, persistedSeq, comments: [], feed: [], limit: LIST_LIMIT };
		for (const event of await this.#source.recent(state.seq, RECENT_EVENTS))
			applyToLists(show, event);
		this.#show = show;
		this.#damaged = false;
		this.#log.length = 0;
		this.#pending = [];
		this.#heardAt = performance.now();
		if (this.#queues.size > 0) this.#send(this.#snapshotMessage());
	}

	#checkSilence(): void {
		if (performance.now() - this.#heardAt < SILENCE_MS || this.#healing) return;
		void this.heal();
	}
}

function eventsMessage(show: LiveShow, events: readonly ShowEvent[]): LiveMessage {
	return { kind: 'events', events, persistedSeq: show.persistedSeq };
}

import { formatPosition, isSameEvent } from '../../domain/events.ts';
import type { LogPosition, ReaderPosition, ShowEvent } from '../../domain/events.ts';
import { applyToLists, applyToLiveShow, toSnapshot } from '../../domain/live-show.ts';
import type { LiveMessage, LiveShow, ShowSnapshot } from '../../domain/live-show.ts';
import { FoldError, SequenceGapError } from '../../domain/reducer.ts';
import type { LiveState } from '../allocator/live-state.ts';
import type { LiveNote } from '../event-schema.ts';
import type { Logger } from '../observability/logger.ts';
import type { BatchQueue } from './batch-queue.ts';
import { EventBatcher, inBatches } from './event-batcher.ts';
import type { HubObserver, LiveBatch } from './hub-types.ts';
import { MAX_RESUME_EVENTS, ResumeLog } from './resume-log.ts';

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
	/** Subscribes to the show's channel once more, which changes nothing where the subscription stands. */
	listen(): Promise<void>;
};

const HEAL_PAGE = 1_000;
/** Recent comments and feed lines that the feed holds, and how many events it reads to fill them. */
const LIST_LIMIT = 400;
const RECENT_EVENTS = 800;
/** How long consoles may not know that the last events are in Postgres. */
const PERSISTED_NOTE_MS = 250;
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
	readonly #observer: HubObserver | null;
	readonly #queues = new Set<BatchQueue>();
	#show: LiveShow | null = null;
	#lastSnapshot: {
		readonly show: LiveShow;
		readonly message: LiveMessage & { readonly kind: 'snapshot' };
	} | null = null;
	/** An event contradicted the state or the log: it must be read anew before anything is folded on. */
	#damaged = false;
	/** The server may be another one, or in an older state: its log must be compared before it is followed. */
	#doubtful = false;
	/** The event at the state's seq; null when it is not known, after a rebuild. */
	#last: ShowEvent | null = null;
	/** Forwarded events of the present epoch. */
	readonly #log = new ResumeLog();
	readonly #batcher = new EventBatcher((events) =>
		this.#send(eventsMessage(this.#loaded(), events))
	);
	#persistedTimer: NodeJS.Timeout | null = null;
	#heardAt = 0;
	#healing: Promise<void> | null = null;
	#healAgain = false;
	/** Events published while the stream was being read; folded as soon as that is done. */
	#held: ShowEvent[] = [];
	#watchdog: NodeJS.Timeout | null = null;
	/** Seq of the newest event that was heard of, folded or not. */
	#heardSeq = 0;

	constructor(
		showId: string,
		source: FeedSource,
		logger: Logger,
		observer: HubObserver | null = null
	) {
		this.#showId = showId;
		this.#source = source;
		this.#logger = logger;
		this.#observer = observer;
	}

	get subscribers(): number {
		return this.#queues.size;
	}

	/** Events heard of that the state does not hold yet. */
	get lagEvents(): number {
		return this.#show ? Math.max(0, this.#heardSeq - this.#show.state.seq) : 0;
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
		this.#batcher.drop();
		if (this.#persistedTimer) clearTimeout(this.#persistedTimer);
	}

	/** Takes a message of the show's channel. */
	receive(note: LiveNote): void {
		this.#heardAt = performance.now();
		const show = this.#show;
		if (!show) return;
		if (!Array.isArray(note)) {
			if ('persisted' in note) this.#notePersisted(show, note.persisted);
			else if (note.reset !== show.state.epoch) void this.heal();
			return;
		}
		this.#heardSeq = note.at(-1)?.seq ?? this.#heardSeq;
		if (this.#doubtful && !this.#healing) void this.heal();
		if (this.#healing || this.#damaged) this.#hold(note);
		else this.#take(show, note);
	}

	/**
	 * Reading them from the stream instead would never end in a busy show: more are published while it
	 * is read. When too many come, that is the way all the same.
	 */
	#hold(events: readonly ShowEvent[]): void {
		if (this.#held.length + events.length > MAX_RESUME_EVENTS) {
			this.#held = [];
			this.#healAgain = true;
			return;
		}
		this.#held.push(...events);
	}

	/**
	 * As `heal`, when the connection to Redis has changed: an old state that was written on may show no gap
	 * in what is published from then on.
	 */
	async verify(): Promise<void> {
		this.#doubtful = true;
		if (this.#show) await this.heal();
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

	/**
	 * Folds what the log holds as of now: whoever changed the show, here or through another process,
	 * and then asks for it must see the change. When Redis is away the feed stays as it is.
	 */
	async catchUp(): Promise<void> {
		const live = await this.#source.position().catch(() => null);
		const { state } = this.#loaded();
		if (live && (live.epoch !== state.epoch || live.seq > state.seq)) await this.heal();
	}

	/** The show as this process knows it now. */
	snapshot(): ShowSnapshot {
		return toSnapshot(this.#loaded());
	}

	/**
	 * Attaches a subscriber. Its first message, a snapshot or the events it missed, is queued before
	 * anything that happens later.
	 */
	async attach(queue: BatchQueue, resumeFrom: ReaderPosition | null): Promise<void> {
		if (resumeFrom) await this.#prepareResume(resumeFrom);
		// From here on nothing may wait: an event between the first message and the attaching would be lost.
		this.#batcher.flush();
		for (const message of this.#firstMessages(resumeFrom)) queue.push(this.#batch(message));
		this.#queues.add(queue);
	}

	detach(queue: BatchQueue): void {
		this.#queues.delete(queue);
	}

	async #prepareResume(from: ReaderPosition): Promise<void> {
		// The client may have been told by another process what this one has not heard yet.
		const { state } = this.#loaded();
		if (from.epoch === state.epoch && from.seq > state.seq) await this.heal();
		const known = this.#loaded().state;
		const missing = known.seq - from.seq;
		if (from.epoch !== known.epoch || missing <= 0 || missing > MAX_RESUME_EVENTS) return;
		const isComparable = from.at === undefined || this.#known(from.seq) !== undefined;
		if (this.#firstLogged() > from.seq + 1 || !isComparable) await this.#extendLog(from.seq);
	}

	#firstMessages(resumeFrom: ReaderPosition | null): LiveMessage[] {
		const show = this.#loaded();
		const first = this.#firstLogged();
		const known = resumeFrom && this.#known(resumeFrom.seq);
		if (
			(known && resumeFrom.at !== undefined && known.at !== resumeFrom.at) ||
			resumeFrom?.epoch !== show.state.epoch ||
			resumeFrom.seq > show.state.seq ||
			resumeFrom.seq + 1 < first ||
			show.state.seq - resumeFrom.seq > MAX_RESUME_EVENTS
		) {
			return [this.#snapshotMessage()];
		}
		return inBatches(this.#log.after(resumeFrom.seq)).map((events) => eventsMessage(show, events));
	}

	/** Seq of the oldest event in memory; the next one to come when there is none. */
	#firstLogged(): number {
		return this.#log.firstSeq(this.#loaded().state.seq + 1);
	}

	/** After a restart the log in memory is short; the stream has the rest, unless it was trimmed. */
	async #extendLog(afterSeq: number): Promise<void> {
		const { epoch } = this.#loaded().state;
		// With the client's own last event, so that it can be compared.
		const events = await this.#source.read(afterSeq, MAX_RESUME_EVENTS + 1);
		const { state } = this.#loaded();
		const first = this.#firstLogged();
		const older = events.filter((event) => event.seq < first && event.epoch === epoch);
		if (older[0] && older[0].seq <= afterSeq + 1 && state.epoch === epoch) {
			this.#log.prepend(older, state.seq + 1);
		}
	}

	/** One object, which is encoded once, for all who join before the show changes. */
	#snapshotMessage(): LiveMessage {
		const show = this.#loaded();
		const last = this.#lastSnapshot;
		if (
			last?.show === show &&
			last.message.snapshot.seq === show.state.seq &&
			last.message.snapshot.persistedSeq === show.persistedSeq
		) {
			return last.message;
		}
		const message = { kind: 'snapshot', snapshot: toSnapshot(show) } as const;
		this.#lastSnapshot = { show, message };
		return message;
	}

	#batch(message: LiveMessage): LiveBatch {
		const last = message.kind === 'snapshot' ? undefined : message.events.at(-1);
		const { epoch, seq } = this.#loaded().state;
		return { id: formatPosition(last ?? { epoch, seq, at: this.#last?.at }), message };
	}

	/** The event of the present epoch at that seq, if it is in memory. */
	#known(seq: number): ShowEvent | undefined {
		return this.#last?.seq === seq ? this.#last : this.#log.at(seq);
	}

	#loaded(): LiveShow {
		if (!this.#show) throw new Error(`the feed of show ${this.#showId} has not started`);
		return this.#show;
	}

	#take(show: LiveShow, events: readonly ShowEvent[]): void {
		try {
			for (const event of events) {
				if (applyToLiveShow(show, event)) this.#forward(event);
				else this.#compare(show, event);
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

	/**
	 * An event that comes again must be the one that came before. It is another one when Redis fell back
	 * to an older state and was written on by somebody who had not seen the newer one.
	 */
	#compare(show: LiveShow, event: ShowEvent): void {
		const known = this.#known(event.seq);
		if (!known || event.epoch !== show.state.epoch || isSameEvent(known, event)) return;
		throw new FoldError(`${event.id} is not the event that was forwarded as such`);
	}

	#forward(event: ShowEvent): void {
		this.#last = event;
		this.#log.append(event);
		if (this.#queues.size > 0) this.#batcher.push(event);
	}

	/** Events carry how far history is; when none follow, consoles are told by a message without any. */
	#notePersisted(show: LiveShow, seq: number): void {
		show.persistedSeq = Math.max(show.persistedSeq, seq);
		if (this.#queues.size === 0) return;
		this.#persistedTimer ??= setTimeout(() => {
			this.#persistedTimer = null;
			if (this.#batcher.isEmpty) this.#send(eventsMessage(this.#loaded(), []));
		}, PERSISTED_NOTE_MS);
	}

	/** One object for all subscribers: the transport encodes it once. */
	#send(message: LiveMessage): void {
		const oldest = message.kind === 'events' ? message.events[0] : undefined;
		if (oldest) this.#observer?.sent(oldest.at);
		const batch = this.#batch(message);
		for (const queue of this.#queues) queue.push(batch);
	}

	async #healUntilQuiet(): Promise<void> {
		do {
			this.#healAgain = false;
			try {
				await this.#healOnce();
				const held = this.#held;
				this.#held = [];
				this.#take(this.#loaded(), held);
			} catch (error) {
				// Redis or Postgres is away. The watchdog tries again as long as somebody watches.
				this.#heardAt = 0;
				this.#held = [];
				this.#observer?.healed('failed');
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
		do {
			// From the last event on that was folded: its copy in the stream shows whether the log is the same.
			const isBehind = show.state.seq < live.seq;
			const events = await this.#source.read(show.state.seq, isBehind ? HEAL_PAGE + 1 : 1);
			const next = events.find(({ seq }) => seq > show.state.seq);
			if (isBehind && (next?.epoch !== show.state.epoch || next.seq > show.state.seq + 1)) {
				return await this.#resync();
			}
			this.#take(show, events);
			if (this.#damaged) return await this.#resync();
			if (isBehind) this.#observer?.healed('healed');
		} while (show.state.seq < live.seq);
		this.#doubtful = false;
	}

	/** Starts over from the state in Redis; every subscriber gets it as a snapshot. */
	async #resync(): Promise<void> {
		const { state, persistedSeq } = await this.#source.load();
		const show: LiveShow = { state, persistedSeq, comments: [], feed: [], limit: LIST_LIMIT };
		const recent = await this.#source.recent(state.seq, RECENT_EVENTS);
		for (const event of recent) applyToLists(show, event);
		const last = recent.at(-1);
		this.#last = last?.seq === state.seq && last.epoch === state.epoch ? last : null;
		this.#show = show;
		this.#damaged = false;
		this.#doubtful = false;
		this.#heardSeq = state.seq;
		this.#observer?.healed('resynced');
		this.#log.clear();
		this.#batcher.drop();
		this.#heardAt = performance.now();
		if (this.#queues.size > 0) this.#send(this.#snapshotMessage());
	}

	/** Also a state that could not be read anew at once: nothing is folded until it is, so no gap would tell. */
	#checkSilence(): void {
		const isSilent = performance.now() - this.#heardAt >= SILENCE_MS;
		if (this.#healing || !(isSilent || this.#damaged)) return;
		void this.#breakSilence();
	}

	/**
	 * What was published and not heard may mean that nobody listens any more: a server whose slot moves gives
	 * subscriptions up without closing the connection, and the client need not notice.
	 */
	async #breakSilence(): Promise<void> {
		const { seq } = this.#loaded().state;
		await this.heal();
		if (this.#loaded().state.seq <= seq) return;
		await this.#source.listen().catch((error: unknown) => {
			this.#logger.warn({ err: error, showId: this.#showId }, 'could not subscribe again');
		});
	}
}

function eventsMessage(show: LiveShow, events: readonly ShowEvent[]): LiveMessage {
	return { kind: 'events', events, persistedSeq: show.persistedSeq };
}

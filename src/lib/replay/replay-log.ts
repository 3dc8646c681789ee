import { copyLiveShow } from '../domain/copy-live-show.ts';
import type { ShowEvent } from '../domain/events.ts';
import { applyToLiveShow, fromSnapshot } from '../domain/live-show.ts';
import type { LiveShow, ShowSnapshot } from '../domain/live-show.ts';
import { REPLAY_CHUNK } from '../domain/replay-chunk.ts';

/** Comments and feed lines that a moment holds, each. */
const LIST_LIMIT = 500;
const MAX_CHUNKS = 16;
const MAX_STATES = 40;

/** Where events and states come from. */
export type ReplaySource = {
	readonly range: (fromSeq: number, limit: number) => Promise<readonly ShowEvent[]>;
	readonly stateAt: (seq: number) => Promise<ShowSnapshot>;
};

/** How long the log is, and when each of its pieces begins (epoch ms). */
export type ReplayExtent = {
	readonly lastSeq: number;
	readonly times: readonly number[];
};

/** Pieces are numbered from 0: the first holds the events 1 to 1,000. */
function pieceOf(seq: number): number {
	return Math.floor((seq - 1) / REPLAY_CHUNK);
}

/** Drops what was used longest ago. */
function bound<Key, Value>(map: Map<Key, Value>, most: number): void {
	const [oldest] = map.keys();
	if (map.size > most && oldest !== undefined) map.delete(oldest);
}

/**
 * A show's log as a page reads it: any moment is folded from the nearest state at hand, else from one that
 * the server folds, and at most two pieces of events. Both are kept for a while.
 */
export class ReplayLog {
	readonly #source: ReplaySource;
	#extent: ReplayExtent;
	readonly #pieces = new Map<number, Promise<readonly ShowEvent[]>>();
	/** By seq. Never changed once kept. */
	readonly #states = new Map<number, LiveShow>();

	constructor(source: ReplaySource, extent: ReplayExtent, start: ShowSnapshot) {
		this.#source = source;
		this.#extent = extent;
		this.#keep(fromSnapshot(start, LIST_LIMIT));
	}

	get lastSeq(): number {
		return this.#extent.lastSeq;
	}

	/** The show went on: what was read of its last piece may be incomplete. */
	extend(extent: ReplayExtent): void {
		this.#pieces.delete(pieceOf(this.#extent.lastSeq));
		this.#extent = extent;
	}

	/** The moment that the log starts from, as it was given. */
	get start(): LiveShow {
		const [first] = this.#states.values();
		if (!first) throw new Error('a replay has a start');
		return copyLiveShow(first);
	}

	/** The show as event `seq` left it (0: before the first). `near` is a moment at hand; it is not changed. */
	async at(seq: number, near: LiveShow | null = null): Promise<LiveShow> {
		const base = await this.#baseFor(seq, near);
		const show = copyLiveShow(base);
		while (show.state.seq < seq) {
			const events = await this.#piece(pieceOf(show.state.seq + 1));
			const before = show.state.seq;
			for (const event of events) {
				if (event.seq > seq) break;
				if (event.seq <= show.state.seq) continue;
				// A rebuilt show has several epochs in its log; the sequence goes on through them.
				show.state.epoch = event.epoch;
				applyToLiveShow(show, event);
			}
			if (show.state.seq === before) throw new Error(`event ${before + 1} is missing`);
			if (show.state.seq % REPLAY_CHUNK === 0) this.#keep(copyLiveShow(show));
		}
		return show;
	}

	/** When the event was logged, epoch ms; for 0 that of the first one. */
	async timeOf(seq: number): Promise<number> {
		const wanted = Math.max(1, seq);
		const events = await this.#piece(pieceOf(wanted));
		return events.find((event) => event.seq === wanted)?.at ?? this.#extent.times[0] ?? 0;
	}

	/** The last event that was logged by then, 0 for none. */
	async seqAt(at: number): Promise<number> {
		const piece = this.#extent.times.findLastIndex((time) => time <= at);
		if (piece < 0) return 0;
		const events = await this.#piece(piece);
		return events.findLast((event) => event.at <= at)?.seq ?? piece * REPLAY_CHUNK;
	}

	/** Reads what comes after the event, so that playing on need not wait for it. */
	prefetch(seq: number): void {
		const next = seq + REPLAY_CHUNK / 2;
		if (next <= this.lastSeq) void this.#piece(pieceOf(next)).catch(() => undefined);
	}

	async #baseFor(seq: number, near: LiveShow | null): Promise<LiveShow> {
		const start = Math.max(0, pieceOf(seq)) * REPLAY_CHUNK;
		const isClose = (show: LiveShow): boolean =>
			show.state.seq <= seq && show.state.seq >= start - REPLAY_CHUNK;
		const close = [...this.#states.values(), ...(near ? [near] : [])].filter(isClose);
		const [first, ...rest] = close;
		if (first) return rest.reduce((a, b) => (b.state.seq > a.state.seq ? b : a), first);
		// The events are on their way while the server folds.
		if (seq > start) void this.#piece(pieceOf(seq)).catch(() => undefined);
		const show = fromSnapshot(await this.#source.stateAt(start), LIST_LIMIT);
		this.#keep(show);
		return show;
	}

	#keep(show: LiveShow): void {
		this.#states.set(show.state.seq, show);
		bound(this.#states, MAX_STATES);
	}

	async #piece(number: number): Promise<readonly ShowEvent[]> {
		const kept = this.#pieces.get(number);
		if (kept) {
			this.#pieces.delete(number);
			this.#pieces.set(number, kept);
			return await kept;
		}
		const read = this.#source.range(number * REPLAY_CHUNK + 1, REPLAY_CHUNK);
		this.#pieces.set(number, read);
		bound(this.#pieces, MAX_CHUNKS);
		read.catch(() => {
			if (this.#pieces.get(number) === read) this.#pieces.delete(number);
		});
		return await read;
	}
}

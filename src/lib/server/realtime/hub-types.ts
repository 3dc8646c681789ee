import type { ReaderPosition } from '../../domain/events.ts';
import type { LiveMessage, ShowSnapshot } from '../../domain/live-show.ts';

/** A message on its way to consoles, shared by all of them: encode `message` once and keep it. */
export type LiveBatch = {
	/** Position after the batch, `<epoch>:<seq>:<at>`: what a client resumes from. */
	readonly id: string;
	readonly message: LiveMessage;
};

export type SubscribeOptions = {
	/** Where the client left off; null for a client that knows nothing yet. */
	readonly resumeFrom: ReaderPosition | null;
	readonly signal: AbortSignal;
};

/** A subscriber's batches as they come. A reader that stops early calls `return`, as `for await` does. */
export type BatchReader = {
	next(): Promise<IteratorResult<LiveBatch, void>>;
	return(): Promise<IteratorResult<LiveBatch, void>>;
	[Symbol.asyncIterator](): BatchReader;
};

/** What the API needs of the realtime hub. */
export type LiveFeed = {
	/** The show as of now, from memory where it is watched. Throws `SHOW_NOT_FOUND`, `UNAVAILABLE`. */
	snapshot(showId: string): Promise<ShowSnapshot>;
	/**
	 * The show from `resumeFrom` on. The first batch comes at once: a snapshot, or the events missed.
	 * Ends by throwing `SlowSubscriberError` when the reader falls behind, and by `signal`.
	 */
	subscribe(showId: string, options: SubscribeOptions): BatchReader;
};

/** Hears of what consoles get, for metrics. */
export type HubObserver = {
	/** A message went out; `at`: epoch ms of its oldest event. */
	readonly sent: (at: number) => void;
	/** The stream was read for missing events. */
	readonly healed: (result: 'healed' | 'resynced' | 'failed') => void;
	/** A subscriber fell behind and was cut. */
	readonly cut: () => void;
};

/** The subscriber's queue was full. It resumes from its last batch and loses nothing. */
export class SlowSubscriberError extends Error {
	override readonly name = 'SlowSubscriberError';
}

import { SlowSubscriberError } from './hub-types.ts';
import type { BatchReader, LiveBatch } from './hub-types.ts';

/**
 * Batches a subscriber has not taken yet: at 25 ms a batch about six seconds of a busy show. A reader
 * that is further behind is cut; it resumes from its last batch, while the others are not slowed down.
 */
export const MAX_QUEUED_BATCHES = 256;

const DONE: IteratorReturnResult<void> = { done: true, value: undefined };

/** What a reader does before its first batch. Returns what it does when it is over. */
export type Arrival = () => Promise<() => void>;

type Settle = {
	readonly resolve: (result: IteratorResult<LiveBatch, void>) => void;
	readonly reject: (error: Error) => void;
};

/** The bounded queue between the hub and one subscriber. */
export class BatchQueue {
	readonly #batches: LiveBatch[] = [];
	#wake: (() => void) | null = null;
	readonly #onOverflow: () => void;
	#overflowed = false;

	/** `onOverflow`: called once, when the reader is cut. */
	constructor(onOverflow: () => void = () => undefined) {
		this.#onOverflow = onOverflow;
	}

	/** Adds a batch. On overflow everything queued is dropped and the reader gets an error. */
	push(batch: LiveBatch): void {
		if (this.#overflowed) return;
		if (this.#batches.length >= MAX_QUEUED_BATCHES) {
			this.#overflowed = true;
			this.#batches.length = 0;
			this.#onOverflow();
		} else {
			this.#batches.push(batch);
		}
		this.#wake?.();
	}

	/**
	 * Yields batches as they come, to one reader, until the signal; throws `SlowSubscriberError` after an
	 * overflow, and what `arrive` throws. No generator: for each batch one makes more promises than all the
	 * rest of a delivery (docs/performance.md).
	 */
	read(signal: AbortSignal, arrive: Arrival = async () => () => undefined): BatchReader {
		let leave: (() => void) | null = null;
		let started = false;
		let ended = signal.aborted;
		const stop = (): void => {
			ended = true;
			this.#wake?.();
		};
		const end = (): void => {
			ended = true;
			signal.removeEventListener('abort', stop);
			leave?.();
			leave = null;
		};
		const settle = ({ resolve, reject }: Settle): void => {
			const batch = this.#overflowed || ended ? undefined : this.#batches.shift();
			if (batch) return resolve({ done: false, value: batch });
			if (!ended && !this.#overflowed) {
				this.#wake = () => {
					this.#wake = null;
					settle({ resolve, reject });
				};
				return;
			}
			const aborted = ended;
			end();
			if (aborted) resolve(DONE);
			else reject(new SlowSubscriberError('the subscriber fell behind'));
		};
		const next = (): ReturnType<BatchReader['next']> =>
			new Promise((resolve, reject) => settle({ resolve, reject }));
		const first = async (): ReturnType<BatchReader['next']> => {
			started = true;
			if (ended) return DONE;
			signal.addEventListener('abort', stop);
			try {
				leave = await arrive();
			} catch (error) {
				end();
				throw error;
			}
			return await next();
		};
		return {
			next: () => (started ? next() : first()),
			return: async () => {
				started = true;
				end();
				this.#wake?.();
				return DONE;
			},
			[Symbol.asyncIterator]() {
				return this;
			}
		};
	}
}

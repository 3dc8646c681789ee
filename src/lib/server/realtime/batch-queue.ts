import { SlowSubscriberError } from './hub-types.ts';
import type { LiveBatch } from './hub-types.ts';

/**
 * Batches a subscriber has not taken yet: at 25 ms a batch about six seconds of a busy show. A reader
 * that is further behind is cut; it resumes from its last batch, while the others are not slowed down.
 */
export const MAX_QUEUED_BATCHES = 256;

/** The bounded queue between the hub and one subscriber. */
export class BatchQueue {
	readonly #batches: LiveBatch[] = [];
	#wake: (() => void) | null = null;
	#overflowed = false;

	/** Adds a batch. On overflow everything queued is dropped and the reader gets an error. */
	push(batch: LiveBatch): void {
		if (this.#overflowed) return;
		if (this.#batches.length >= MAX_QUEUED_BATCHES) {
			this.#overflowed = true;
			this.#batches.length = 0;
		} else {
			this.#batches.push(batch);
		}
		this.#wake?.();
	}

	/** Yields batches as they come until the signal; throws `SlowSubscriberError` after an overflow. */
	async *read(signal: AbortSignal): AsyncGenerator<LiveBatch, void, undefined> {
		const onAbort = (): void => this.#wake?.();
		signal.addEventListener('abort', onAbort, { once: true });
		try {
			while (!signal.aborted) {
				if (this.#overflowed) throw new SlowSubscriberError('the subscriber fell behind');
				const batch = this.#batches.shift();
				if (batch) {
					yield batch;
					continue;
				}
				await new Promise<void>((resolve) => {
					this.#wake = resolve;
				});
				this.#wake = null;
			}
		} finally {
			signal.removeEventListener('abort', onAbort);
		}
	}
}

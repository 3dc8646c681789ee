import type { Queue } from 'bullmq';
import { AppError } from '../errors.ts';

/** How old a figure may be: in between, as many come in as may in that time. */
const SAMPLE_MS = 1_000;

/**
 * Bounds a queue: asks Redis once a second how many jobs wait, while jobs are added, and refuses more when
 * there are too many. Redis must not fill up, because claims live in it.
 */
export class QueueBound {
	readonly #queue: Pick<Queue, 'getJobCountByTypes'>;
	readonly #limit: number;
	readonly #onFull: () => void;
	#waiting = 0;
	#sampledAt = -Infinity;

	/** `onFull` hears of each refusal. */
	constructor(
		queue: Pick<Queue, 'getJobCountByTypes'>,
		limit: number,
		onFull: () => void = () => undefined
	) {
		this.#queue = queue;
		this.#limit = limit;
		this.#onFull = onFull;
	}

	/** Throws `UNAVAILABLE` when the queue is full, and what Redis throws. */
	async check(): Promise<void> {
		const now = performance.now();
		if (now - this.#sampledAt >= SAMPLE_MS) {
			// Set first: who comes meanwhile goes by the last figure instead of asking as well.
			this.#sampledAt = now;
			this.#waiting = await this.#queue.getJobCountByTypes('waiting', 'delayed', 'prioritized');
		}
		if (this.#waiting >= this.#limit) {
			this.#onFull();
			throw new AppError('UNAVAILABLE', { details: { retryAfterSeconds: 10 } });
		}
	}
}

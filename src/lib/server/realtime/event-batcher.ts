import type { ShowEvent } from '../../domain/events.ts';

/** Fewest milliseconds between two messages of a busy show, and what it grows to under load. */
const TICK_MIN_MS = 5;
const TICK_MAX_MS = 25;
export const MAX_BATCH_EVENTS = 100;

/** Cuts a run of events into messages' worths; at least one, possibly empty. */
export function inBatches(events: readonly ShowEvent[]): (readonly ShowEvent[])[] {
	const batches: (readonly ShowEvent[])[] = [];
	for (let index = 0; index === 0 || index < events.length; index += MAX_BATCH_EVENTS) {
		batches.push(events.slice(index, index + MAX_BATCH_EVENTS));
	}
	return batches;
}

/**
 * Gathers a show's events into messages: at once when the show was idle, else one message per tick,
 * so that a busy show costs each subscriber few, larger messages (DESIGN rule 3).
 */
export class EventBatcher {
	readonly #send: (events: readonly ShowEvent[]) => void;
	#pending: ShowEvent[] = [];
	#timer: NodeJS.Timeout | null = null;
	#lastFlushAt = 0;
	#tickMs = TICK_MIN_MS;

	constructor(send: (events: readonly ShowEvent[]) => void) {
		this.#send = send;
	}

	get isEmpty(): boolean {
		return this.#pending.length === 0;
	}

	push(event: ShowEvent): void {
		if (this.#pending.push(event) > 1) return;
		const waitMs = this.#lastFlushAt + this.#tickMs - performance.now();
		if (waitMs > 0) this.#flushIn(waitMs);
		else {
			this.#adaptTick(0);
			// Not within this call: what the same read of the socket brings goes into the same message.
			queueMicrotask(() => this.flush());
		}
	}

	#flushIn(waitMs: number): void {
		const dueAt = performance.now() + waitMs;
		this.#timer = setTimeout(() => {
			this.#adaptTick(performance.now() - dueAt);
			this.flush();
		}, waitMs);
	}

	/** Sends what is pending now. */
	flush(): void {
		const events = this.#pending;
		this.drop();
		if (events.length === 0) return;
		this.#lastFlushAt = performance.now();
		for (const batch of inBatches(events)) this.#send(batch);
	}

	/** Forgets what is pending, e.g. because a snapshot takes its place. */
	drop(): void {
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = null;
		this.#pending = [];
	}

	/** A timer that fires late means that the process is busy: fewer, larger messages cost less. */
	#adaptTick(lateMs: number): void {
		const factor = lateMs > TICK_MIN_MS ? 1.5 : 0.9;
		this.#tickMs = Math.min(TICK_MAX_MS, Math.max(TICK_MIN_MS, this.#tickMs * factor));
	}
}

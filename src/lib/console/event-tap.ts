import type { ShowEvent } from '../domain/events.ts';

/** What is on its way to the history at a busy moment, and more. */
const KEPT = 1_000;

type Listener = (events: readonly ShowEvent[]) => void;

/**
 * Passes the events of claims and items on. Whoever starts to listen hears the latest again, since
 * the stored history, which they read as well, may be a moment behind.
 */
export class EventTap {
	readonly #listeners = new Set<Listener>();
	#recent: ShowEvent[] = [];

	/** Takes events in the order of the log. */
	hear(events: readonly ShowEvent[]): void {
		const telling = events.filter(({ type }) => type !== 'comment.received');
		if (telling.length === 0) return;
		this.#recent.push(...telling);
		if (this.#recent.length > KEPT * 1.25) this.#recent = this.#recent.slice(-KEPT);
		for (const listener of this.#listeners) listener(telling);
	}

	/** Listens until the returned function is called. */
	follow(listener: Listener): () => void {
		this.#listeners.add(listener);
		listener(this.#recent);
		return () => this.#listeners.delete(listener);
	}
}

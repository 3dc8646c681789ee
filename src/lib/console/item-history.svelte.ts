import type { ShowEvent } from '../domain/events.ts';
import { describeFailure } from './api.ts';
import { historySentences, isOfItem, mergeEvents } from './history-sentences.ts';
import type { Sentence } from './history-sentences.ts';

export type HistoryPage = {
	/** Newest first. */
	readonly events: readonly ShowEvent[];
	readonly nextCursor: string | null;
};

/** What happened to one item: pages of what is stored, and what happens now. */
export class ItemHistory {
	readonly #number: string;
	readonly #load: (cursor: string | null) => Promise<HistoryPage>;
	/** Oldest first. */
	#events = $state.raw<readonly ShowEvent[]>([]);
	#nextCursor = $state<string | null>(null);
	#status = $state<'idle' | 'loading' | 'failed'>('idle');
	#failure = $state('');
	#started = $state(false);

	/** Newest first. */
	readonly sentences: readonly Sentence[] = $derived(historySentences(this.#events).reverse());

	constructor(number: string, load: (cursor: string | null) => Promise<HistoryPage>) {
		this.#number = number;
		this.#load = load;
	}

	get isLoading(): boolean {
		return this.#status === 'loading';
	}

	/** Why the last page could not be read, null when it could. */
	get failure(): string | null {
		return this.#status === 'failed' ? this.#failure : null;
	}

	/** Whether the first page is still missing. */
	get isNew(): boolean {
		return !this.#started;
	}

	get hasMore(): boolean {
		return this.#nextCursor !== null;
	}

	/** Reads the first page, or the next older one. */
	async more(): Promise<void> {
		if (this.#status === 'loading' || (this.#started && this.#nextCursor === null)) return;
		this.#status = 'loading';
		try {
			const page = await this.#load(this.#nextCursor);
			this.#add(page.events);
			this.#nextCursor = page.nextCursor;
			this.#started = true;
			this.#status = 'idle';
		} catch (error) {
			this.#failure = describeFailure(error);
			this.#status = 'failed';
		}
	}

	/** Starts over, e.g. when events were missed. */
	async refresh(): Promise<void> {
		this.#started = false;
		this.#nextCursor = null;
		this.#events = [];
		await this.more();
	}

	/** Takes new events of the show, in their order. */
	hear(events: readonly ShowEvent[]): void {
		const own = events.filter((event) => isOfItem(event, this.#number));
		if (own.length > 0) this.#add(own);
	}

	#add(events: readonly ShowEvent[]): void {
		this.#events = mergeEvents(this.#events, events);
	}
}

import { describeFailure } from './api.ts';
import type { OlderPage } from './older-lines.ts';

/** Lines that are older than a live list holds, page by page, for as long as somebody reads there. */
export class OlderRows<T extends { readonly seq: number }> {
	readonly #load: (cursor: string) => Promise<OlderPage<T>>;
	#rows = $state.raw<readonly T[]>([]);
	#cursor: string | null = null;
	#status = $state<'idle' | 'loading' | 'failed' | 'end'>('idle');
	#failure = $state('');
	/** Answers to what was asked before a reset are dropped. */
	#round = 0;

	constructor(load: (cursor: string) => Promise<OlderPage<T>>) {
		this.#load = load;
	}

	/** Newest first. */
	get rows(): readonly T[] {
		return this.#rows;
	}

	get status(): 'idle' | 'loading' | 'failed' | 'end' {
		return this.#status;
	}

	/** Why the last page could not be read. */
	get failure(): string {
		return this.#failure;
	}

	/** Reads the next page; the first one starts below `oldest`, the oldest seq that the page holds. */
	async more(oldest: number): Promise<void> {
		if (this.#status === 'loading' || this.#status === 'end') return;
		const round = this.#round;
		this.#status = 'loading';
		try {
			const page = await this.#load(this.#cursor ?? String(oldest));
			if (round !== this.#round) return;
			this.#rows = [...this.#rows, ...page.lines];
			this.#cursor = page.nextCursor;
			this.#status = page.nextCursor === null ? 'end' : 'idle';
		} catch (error) {
			if (round !== this.#round) return;
			this.#failure = describeFailure(error);
			this.#status = 'failed';
		}
	}

	/** Back to nothing, e.g. when the reader is back at the newest line. */
	reset(): void {
		this.#round++;
		if (this.#rows.length > 0) this.#rows = [];
		this.#cursor = null;
		this.#status = 'idle';
	}
}

import type { Buyer } from '../domain/buyer.ts';

/** Typing goes on for at least so long. */
const DELAY_MS = 180;

/** Looks for people among all comments of the show while their name is typed. */
export class BuyerSearch {
	readonly #search: (text: string) => Promise<readonly Buyer[]>;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#wanted = '';
	#found = $state.raw<readonly Buyer[]>([]);
	#running = $state(false);

	constructor(search: (text: string) => Promise<readonly Buyer[]>) {
		this.#search = search;
	}

	/** Of the latest text; empty while it is looked for. */
	get found(): readonly Buyer[] {
		return this.#found;
	}

	get isRunning(): boolean {
		return this.#running;
	}

	/** Looks for the text, null for nothing, once no other has come for a moment. */
	look(text: string | null): void {
		const wanted = text?.trim() ?? '';
		if (wanted === this.#wanted) return;
		this.#wanted = wanted;
		this.#found = [];
		this.#running = wanted !== '';
		clearTimeout(this.#timer);
		if (wanted !== '') this.#timer = setTimeout(() => void this.#run(wanted), DELAY_MS);
	}

	async #run(text: string): Promise<void> {
		const found = await this.#search(text);
		if (text !== this.#wanted) return;
		this.#found = found;
		this.#running = false;
	}
}

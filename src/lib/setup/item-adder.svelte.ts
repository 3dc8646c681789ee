import { describeFailure } from '../console/api.ts';
import type { ItemDraft } from '../domain/parse-item-line.ts';

/** Items per call: below what the API takes (500), so that the progress moves. */
export const CHUNK_ITEMS = 200;

/** Adds up to 500 items to the show and says for each whether it was new (`items.addMany`). */
export type AddMany = (items: readonly ItemDraft[]) => Promise<{
	readonly results: readonly { readonly number: string; readonly added: boolean }[];
}>;

export type AddResult = {
	readonly added: number;
	/** Numbers that somebody else used meanwhile; those items stayed as they were. */
	readonly taken: readonly string[];
	/** Why it stopped before the end, null when it did not. Some of the next items may be in the show. */
	readonly failure: string | null;
};

/** Adds many items in several calls, one after the other, and shows how far it is. */
export class ItemAdder {
	readonly #addMany: AddMany;
	#total = $state(0);
	#done = $state(0);
	#running = $state(false);

	constructor(addMany: AddMany) {
		this.#addMany = addMany;
	}

	get running(): boolean {
		return this.#running;
	}

	/** How many items the present run has to add, and how many calls have answered for. */
	get total(): number {
		return this.#total;
	}

	get done(): number {
		return this.#done;
	}

	/** Adds the items in order. Stops at the first call that fails. */
	async add(items: readonly ItemDraft[]): Promise<AddResult> {
		this.#total = items.length;
		this.#done = 0;
		this.#running = true;
		const taken: string[] = [];
		let added = 0;
		try {
			for (let start = 0; start < items.length; start += CHUNK_ITEMS) {
				const chunk = items.slice(start, start + CHUNK_ITEMS);
				const { results } = await this.#addMany(chunk);
				for (const result of results) {
					if (result.added) added++;
					else taken.push(result.number);
				}
				this.#done += chunk.length;
			}
			return { added, taken, failure: null };
		} catch (error) {
			return { added, taken, failure: describeFailure(error) };
		} finally {
			this.#running = false;
		}
	}
}

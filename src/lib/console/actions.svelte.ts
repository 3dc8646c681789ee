import { SvelteSet } from 'svelte/reactivity';
import type { ItemDraft } from '../domain/parse-item-line.ts';
import type { Claim } from '../domain/show-state.ts';
import { describeFailure } from './api.ts';
import type { ApiClient } from './api.ts';

export type ActionOutcome =
	{ readonly ok: true } | { readonly ok: false; readonly message: string };

export type ActionOptions = {
	readonly client: () => ApiClient;
	/** Hears of each failure; the outcome tells the caller as well. */
	readonly onFailure: (message: string) => void;
};

/**
 * What the operator can do to the show, one call each. Nothing is shown before it happened: the change
 * arrives as an event, on this console as on every other.
 */
export class ConsoleActions {
	readonly #showId: string;
	readonly #options: ActionOptions;
	readonly #running = new SvelteSet<string>();

	constructor(showId: string, options: ActionOptions) {
		this.#showId = showId;
		this.#options = options;
	}

	/** Whether the action of this key is on its way. */
	isRunning(key: string): boolean {
		return this.#running.has(key);
	}

	changeStatus(action: 'activate' | 'pause' | 'resume' | 'end'): Promise<ActionOutcome> {
		return this.#run('status', (api, showId) => api.shows[action].mutate({ showId }));
	}

	addItem(item: ItemDraft): Promise<ActionOutcome> {
		return this.#run('add', (api, showId) => api.items.add.mutate({ showId, ...item }));
	}

	setQuantity(number: string, quantity: number): Promise<ActionOutcome> {
		return this.#run(`item:${number}`, (api, showId) =>
			api.items.setQuantity.mutate({ showId, number, quantity })
		);
	}

	/** A closed item takes no claims; opening lets them in again. */
	setOpen(number: string, open: boolean): Promise<ActionOutcome> {
		return this.#run(`item:${number}`, (api, showId) =>
			api.items[open ? 'open' : 'close'].mutate({ showId, number })
		);
	}

	removeItem(number: string): Promise<ActionOutcome> {
		return this.#run(`item:${number}`, (api, showId) =>
			api.items.remove.mutate({ showId, number })
		);
	}

	/** Takes the claim from its buyer; refused when it is another claim by now. */
	release(claim: Claim): Promise<ActionOutcome> {
		const { item, buyer, claimId } = claim;
		return this.#run(`claim:${claimId}`, (api, showId) =>
			api.claims.release.mutate({ showId, item, buyerKey: buyer.key, claimId })
		);
	}

	async #run(
		key: string,
		call: (api: ApiClient, showId: string) => Promise<unknown>
	): Promise<ActionOutcome> {
		if (this.#running.has(key)) return { ok: false, message: 'This is already on its way.' };
		this.#running.add(key);
		try {
			await call(this.#options.client(), this.#showId);
			return { ok: true };
		} catch (error) {
			const message = describeFailure(error);
			this.#options.onFailure(message);
			return { ok: false, message };
		} finally {
			this.#running.delete(key);
		}
	}
}

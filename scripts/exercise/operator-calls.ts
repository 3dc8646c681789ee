import { setTimeout as sleep } from 'node:timers/promises';
import { apiOver } from './live-console.ts';
import type { Caller } from './live-console.ts';

/** An item of our own, which the recorded show does not touch. */
export const OWN_ITEM = '900001';
const CALL_EVERY_MS = 100;

/** An operator who never rests: raises the quantity of an item by one, again and again. */
export class OperatorCalls {
	readonly #ended: Promise<void>;
	#stopped = false;
	#answered = 0;
	retried = 0;

	constructor(caller: Caller, showId: string) {
		this.#ended = this.#run(caller, showId);
		this.#ended.catch(() => undefined);
	}

	/** Resolves with the calls that were answered. */
	async stop(): Promise<number> {
		this.#stopped = true;
		await this.#ended;
		return this.#answered;
	}

	async #run(caller: Caller, showId: string): Promise<void> {
		const api = apiOver(caller);
		for (let quantity = 2; !this.#stopped; quantity++) {
			const input = { showId, number: OWN_ITEM, quantity };
			try {
				await api.items.setQuantity.mutate(input);
			} catch {
				// A connection may break after the request was sent; a call that is repeated changes nothing.
				this.retried++;
				await api.items.setQuantity.mutate(input);
			}
			this.#answered++;
			await sleep(CALL_EVERY_MS);
		}
	}
}

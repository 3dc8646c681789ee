import { SvelteSet } from 'svelte/reactivity';
import type { ItemDraft } from '../domain/parse-item-line.ts';
import type { Claim, ItemClaims } from '../domain/show-state.ts';
import { describeFailure, refusalCode, refusalDetails } from './api.ts';
import type { ApiClient } from './api.ts';
import { isolated } from './isolated.ts';
import { undoRefusal } from './undo.ts';
import type { TakeBack } from './undo.ts';

export type ActionOutcome =
	{ readonly ok: true } | { readonly ok: false; readonly message: string };

/** Somebody to give a unit to; without platform and id the name alone makes the buyer. */
export type BuyerToName = {
	readonly platform?: string;
	readonly userId?: string;
	readonly handle: string;
};

/** What an action did, and what takes it back; null when nothing needs to. */
export type Done = { readonly text: string; readonly back: TakeBack | null };

export type ActionOptions = {
	readonly client: () => ApiClient;
	/** Hears of each failure; the outcome tells the caller as well. */
	readonly onFailure: (message: string) => void;
	/** Hears of each success. */
	readonly onDone: (done: Done) => void;
};

type Call = (api: ApiClient, showId: string) => Promise<Done | null>;

function describeRefusal(error: unknown): string {
	if (refusalCode(error) === 'UNDO_NOT_POSSIBLE') {
		const words = undoRefusal(refusalDetails(error)['reason']);
		if (words !== null) return words;
	}
	return describeFailure(error);
}

function buyerInput({ platform, userId, handle }: BuyerToName) {
	return platform === undefined || userId === undefined ? { handle } : { platform, userId, handle };
}

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
		return this.#run('status', async (api, showId) => {
			await api.shows[action].mutate({ showId });
			return action === 'end' ? { text: 'The show has ended', back: { kind: 'reopen' } } : null;
		});
	}

	addItem(item: ItemDraft): Promise<ActionOutcome> {
		return this.#run('add', async (api, showId) => {
			await api.items.add.mutate({ showId, ...item });
			return { text: `Item ${item.number} added`, back: { kind: 'remove', item: item.number } };
		});
	}

	setQuantity(item: ItemClaims, quantity: number): Promise<ActionOutcome> {
		const { number, quantity: former } = item;
		return this.#run(`item:${number}`, async (api, showId) => {
			const done = await api.items.setQuantity.mutate({ showId, number, quantity });
			if (!done) return null;
			return {
				text: `Quantity of item ${number}: ${former} → ${quantity}`,
				back: { kind: 'claims', item: number, action: done }
			};
		});
	}

	/** A closed item takes no claims; opening lets them in again. */
	setOpen(number: string, open: boolean): Promise<ActionOutcome> {
		return this.#run(`item:${number}`, async (api, showId) => {
			await api.items[open ? 'open' : 'close'].mutate({ showId, number });
			return {
				text: `Item ${number} ${open ? 'opened' : 'closed'}`,
				back: { kind: 'open', item: number, open: !open }
			};
		});
	}

	rename(item: ItemClaims, title: string): Promise<ActionOutcome> {
		const { number, title: former } = item;
		return this.#run(`item:${number}`, async (api, showId) => {
			await api.items.edit.mutate({ showId, number, title });
			const back = { kind: 'title', item: number, from: title, to: former } as const;
			return { text: `Item ${number} is now “${isolated(title)}”`, back };
		});
	}

	removeItem({ number, title, quantity }: ItemDraft): Promise<ActionOutcome> {
		return this.#run(`item:${number}`, async (api, showId) => {
			await api.items.remove.mutate({ showId, number });
			const back = { kind: 'add', item: { number, title, quantity } } as const;
			return { text: `Item ${number} removed`, back };
		});
	}

	/** Takes the claim from its buyer; refused when it is another claim by now. */
	release(claim: Claim): Promise<ActionOutcome> {
		const { item, buyer, claimId } = claim;
		return this.#run(`claim:${claimId}`, async (api, showId) => {
			const target = { item, buyerKey: buyer.key, claimId };
			const { epoch, seq } = await api.claims.release.mutate({ showId, ...target });
			const text = `${isolated(buyer.handle)} released from item ${item}`;
			return { text, back: { kind: 'claims', item, action: { epoch, seq } } };
		});
	}

	/** Gives a free unit to the buyer. */
	award(item: string, buyer: BuyerToName): Promise<ActionOutcome> {
		return this.#run(`award:${item}`, async (api, showId) => {
			const { epoch, seq } = await api.claims.award.mutate({
				showId,
				item,
				buyer: buyerInput(buyer)
			});
			const text = `Item ${item} awarded to ${isolated(buyer.handle)}`;
			return { text, back: { kind: 'claims', item, action: { epoch, seq } } };
		});
	}

	/** Gives the winner's unit to the buyer, past the queue. */
	reassign(claim: Claim, buyer: BuyerToName): Promise<ActionOutcome> {
		const { item, claimId } = claim;
		return this.#run(`claim:${claimId}`, async (api, showId) => {
			const from = { item, buyerKey: claim.buyer.key, claimId };
			const { epoch, seq } = await api.claims.reassign.mutate({
				showId,
				from,
				to: buyerInput(buyer)
			});
			const names = `from ${isolated(claim.buyer.handle)} to ${isolated(buyer.handle)}`;
			return {
				text: `Item ${item} moved ${names}`,
				back: { kind: 'claims', item, action: { epoch, seq } }
			};
		});
	}

	/** Says which item the host holds up; null for none. */
	setShowing(number: string | null): Promise<ActionOutcome> {
		return this.#run('showing', async (api, showId) => {
			await api.items.setShowing.mutate({ showId, number });
			return null;
		});
	}

	/** Undoes an action; `text` is what the action said when it was done. */
	takeBack(back: TakeBack, text: string): Promise<ActionOutcome> {
		return this.#run('undo', async (api, showId) => {
			await callBack(api, showId, back);
			return { text: `Taken back: ${text}`, back: null };
		});
	}

	async #run(key: string, call: Call): Promise<ActionOutcome> {
		if (this.#running.has(key)) return { ok: false, message: 'This is already on its way.' };
		this.#running.add(key);
		try {
			const done = await call(this.#options.client(), this.#showId);
			if (done) this.#options.onDone(done);
			return { ok: true };
		} catch (error) {
			const message = describeRefusal(error);
			this.#options.onFailure(message);
			return { ok: false, message };
		} finally {
			this.#running.delete(key);
		}
	}
}

function callBack(api: ApiClient, showId: string, back: TakeBack): Promise<unknown> {
	switch (back.kind) {
		case 'claims':
			return api.claims.undo.mutate({ showId, ...back.action });
		case 'open':
			return api.items[back.open ? 'open' : 'close'].mutate({ showId, number: back.item });
		case 'title':
			return api.items.edit.mutate({ showId, number: back.item, title: back.to });
		case 'remove':
			return api.items.remove.mutate({ showId, number: back.item });
		case 'add':
			return api.items.add.mutate({ showId, ...back.item });
		case 'reopen':
			return api.shows.reopen.mutate({ showId });
		default:
			return back satisfies never;
	}
}

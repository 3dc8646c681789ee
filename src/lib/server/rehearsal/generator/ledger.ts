import type { SpokenIntent } from './intents.ts';

/** What becomes of a comment (DESIGN §3), and of a second delivery of it. */
export type LedgerOutcome =
	| 'none'
	| 'not_counted'
	| 'item_not_found'
	| 'duplicate_buyer'
	| 'duplicate_comment'
	| 'winner'
	| 'waitlist'
	| 'pass'
	| 'no_active_claim';

/** What happened in total, in the words of the result of a rehearsal (DESIGN §7). */
export type LedgerCounts = Record<
	LedgerOutcome | 'comments' | 'released' | 'promoted' | 'rejected',
	number
>;

type Entry = {
	quantity: number;
	winners: string[];
	waitlist: string[];
	/** Both of them, because a crowd asks far more often than it changes. */
	holders: Set<string>;
};

/**
 * A notebook on the show while it is written: who holds what, so that passes, repeats and operator
 * lines refer to people who really hold something. It follows DESIGN §3 in the plainest way, apart
 * from the product's own code, so its counts are also a second opinion on a rehearsal's result.
 */
export class Ledger {
	readonly counts: LedgerCounts = {
		comments: 0,
		none: 0,
		not_counted: 0,
		item_not_found: 0,
		duplicate_buyer: 0,
		duplicate_comment: 0,
		winner: 0,
		waitlist: 0,
		pass: 0,
		no_active_claim: 0,
		released: 0,
		promoted: 0,
		rejected: 0
	};
	readonly #items = new Map<string, Entry>();
	#paused = false;

	constructor(items: readonly { number: string; quantity: number }[]) {
		for (const { number, quantity } of items) this.addItem(number, quantity);
	}

	/** Winners and waiting buyers of an item, by key; both empty when there is no such item. */
	holders(item: string): { winners: readonly string[]; waitlist: readonly string[] } {
		return this.#items.get(item) ?? { winners: [], waitlist: [] };
	}

	/** How many units of the item there are; undefined when there is no such item. */
	quantity(item: string): number | undefined {
		return this.#items.get(item)?.quantity;
	}

	/** Whether the buyer has an active claim on the item. */
	holds(item: string, buyer: string): boolean {
		return this.#items.get(item)?.holders.has(buyer) ?? false;
	}

	/** A new comment. */
	comment(intent: SpokenIntent | null, buyer: string): LedgerOutcome {
		const outcome = this.#outcome(intent, buyer);
		this.counts.comments += 1;
		this.counts[outcome] += 1;
		return outcome;
	}

	/** A comment that was delivered before. */
	commentAgain(): void {
		this.counts.duplicate_comment += 1;
	}

	pause(): void {
		this.#paused = true;
	}

	resume(): void {
		this.#paused = false;
	}

	/** Operator: takes a claim back. */
	release(item: string, buyer: string): void {
		const entry = this.#items.get(item);
		if (!entry || !this.#drop(entry, buyer)) this.counts.rejected += 1;
	}

	/** Operator: gives a free unit to a buyer. */
	award(item: string, buyer: string): void {
		const entry = this.#items.get(item);
		if (!entry || entry.winners.includes(buyer) || entry.winners.length >= entry.quantity) {
			this.counts.rejected += 1;
			return;
		}
		// While a unit is free nobody waits, so there is nobody to take out of the queue.
		entry.winners.push(buyer);
		entry.holders.add(buyer);
	}

	/** Operator: sets how many units there are. */
	setQuantity(item: string, quantity: number): void {
		const entry = this.#items.get(item);
		if (!entry || quantity < entry.winners.length) {
			this.counts.rejected += 1;
			return;
		}
		entry.quantity = quantity;
		this.#promote(entry);
	}

	/** Operator: adds an item. */
	addItem(item: string, quantity: number): void {
		if (this.#items.has(item)) this.counts.rejected += 1;
		else this.#items.set(item, { quantity, winners: [], waitlist: [], holders: new Set() });
	}

	#outcome(intent: SpokenIntent | null, buyer: string): LedgerOutcome {
		if (!intent) return 'none';
		if (this.#paused) return 'not_counted';
		const entry = this.#items.get(intent.item);
		if (!entry) return 'item_not_found';
		if (intent.kind === 'pass') return this.#drop(entry, buyer) ? 'pass' : 'no_active_claim';
		if (entry.holders.has(buyer)) return 'duplicate_buyer';
		entry.holders.add(buyer);
		const won = entry.winners.length < entry.quantity;
		(won ? entry.winners : entry.waitlist).push(buyer);
		return won ? 'winner' : 'waitlist';
	}

	/** Takes the buyer out of winners or queue. @returns whether there was anything to take */
	#drop(entry: Entry, buyer: string): boolean {
		if (!entry.holders.delete(buyer)) return false;
		const list = entry.winners.includes(buyer) ? entry.winners : entry.waitlist;
		list.splice(list.indexOf(buyer), 1);
		this.counts.released += 1;
		this.#promote(entry);
		return true;
	}

	#promote(entry: Entry): void {
		while (entry.winners.length < entry.quantity) {
			const next = entry.waitlist.shift();
			if (next === undefined) return;
			entry.winners.push(next);
			this.counts.promoted += 1;
		}
	}
}

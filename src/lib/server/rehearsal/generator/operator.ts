import type { RehearsalLine } from '../format.ts';
import type { Crowd } from './crowd.ts';
import type { Ledger } from './ledger.ts';
import type { OperatorAction } from './show-script.ts';

type ActionOf<Do extends OperatorAction['do']> = Extract<OperatorAction, { do: Do }>;

/** Turns what the script tells the operator to do into lines about real people. */
export class Operator {
	readonly #ledger: Ledger;
	readonly #crowd: Crowd;

	constructor(ledger: Ledger, crowd: Crowd) {
		this.#ledger = ledger;
		this.#crowd = crowd;
	}

	/** Carries the action out in the ledger. @returns its line */
	act(at: number, action: OperatorAction): RehearsalLine {
		switch (action.do) {
			case 'release':
				return this.#release(at, action);
			case 'award':
				return this.#award(at, action);
			case 'quantity':
				return this.#setQuantity(at, action);
			case 'add': {
				const { item: number, title, quantity } = action;
				this.#ledger.addItem(number, quantity);
				return { type: 'item', at, number, title, quantity };
			}
		}
	}

	#release(at: number, { item, who }: ActionOf<'release'>): RehearsalLine {
		const buyer = this.#viewer(item, who).key;
		this.#ledger.release(item, buyer);
		return { type: 'release', at, item, buyer };
	}

	#award(at: number, action: ActionOf<'award'>): RehearsalLine {
		const { item } = action;
		if (action.to === 'walk_in') {
			const { handle } = action;
			this.#ledger.award(item, `manual:${handle.toLowerCase()}`);
			return { type: 'award', at, item, buyer: { handle } };
		}
		const { key, platform, userId, handle } = this.#viewer(item, action.to);
		this.#ledger.award(item, key);
		return { type: 'award', at, item, buyer: { platform, userId, handle } };
	}

	#setQuantity(at: number, action: ActionOf<'quantity'>): RehearsalLine {
		const { item } = action;
		const quantity = this.#wishedQuantity(action);
		this.#ledger.setQuantity(item, quantity);
		return { type: 'quantity', at, item, quantity };
	}

	#wishedQuantity({ item, quantity }: ActionOf<'quantity'>): number {
		switch (quantity) {
			case 'one_more':
				return (this.#ledger.quantity(item) ?? 0) + 1;
			case 'below_claimed':
				return Math.max(0, this.#ledger.holders(item).winners.length - 1);
			default:
				return quantity;
		}
	}

	#viewer(item: string, who: 'winner' | 'waiting' | 'viewer' | 'stranger') {
		const holder =
			who === 'winner'
				? this.#crowd.holder(item, 'winners')
				: who === 'waiting'
					? this.#crowd.holder(item, 'waitlist')
					: undefined;
		return holder ?? this.#crowd.newcomerTo(item);
	}
}

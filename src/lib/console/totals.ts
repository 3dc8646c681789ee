import type { ItemClaims } from '../domain/show-state.ts';

export type ShowTotals = {
	readonly items: number;
	/** Units on offer, of all items. */
	readonly units: number;
	/** Units that have a winner. */
	readonly sold: number;
	/** Claims in queues. */
	readonly waiting: number;
	/** Accounts that hold at least one unit; the live state knows no linked ones. */
	readonly buyers: number;
};

/** Sums up the items of a show. */
export function totalsOf(items: readonly ItemClaims[]): ShowTotals {
	const buyers = new Set<string>();
	let units = 0;
	let sold = 0;
	let waiting = 0;
	for (const item of items) {
		units += item.quantity;
		sold += item.winners.length;
		waiting += item.waitlist.length;
		for (const claim of item.winners) buyers.add(claim.buyer.key);
	}
	return { items: items.length, units, sold, waiting, buyers: buyers.size };
}

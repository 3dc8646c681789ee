import type { ItemClaims, ShowState } from './show-state.ts';

/** Names a rule of a show that its state breaks. */
export type BrokenInvariant =
	| 'more_winners_than_units'
	| 'waiting_while_a_unit_is_free'
	| 'buyer_holds_an_item_twice'
	| 'queue_out_of_order';

function* brokenBy({ quantity, winners, waitlist }: ItemClaims): Generator<BrokenInvariant> {
	if (winners.length > quantity) yield 'more_winners_than_units';
	if (waitlist.length > 0 && winners.length < quantity) yield 'waiting_while_a_unit_is_free';
	const buyers = [...winners, ...waitlist].map((claim) => claim.buyer.key);
	if (new Set(buyers).size < buyers.length) yield 'buyer_holds_an_item_twice';
	const ranks = waitlist.map((claim) => claim.rank);
	if (ranks.some((rank, index) => rank <= (ranks[index - 1] ?? -Infinity))) {
		yield 'queue_out_of_order';
	}
}

/** The rules (DESIGN §3) that a state between two script calls breaks; none, unless something is wrong. */
export function brokenInvariants(state: ShowState): BrokenInvariant[] {
	return [...new Set([...state.items.values()].flatMap((item) => [...brokenBy(item)]))];
}

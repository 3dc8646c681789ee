import type { Claim, ItemClaims, ShowState } from './show-state.ts';

/** What an operator's action would do to other people, before it is done. */
export type Ripple = {
	/** Who would lose a unit or a place. */
	readonly released: readonly Claim[];
	/** Who would get a unit, in order. */
	readonly promoted: readonly Claim[];
	/** Why the action would be refused as things stand; null when it would not. */
	readonly refusal:
		| 'ITEM_NOT_FOUND'
		| 'NO_ACTIVE_CLAIM'
		| 'NOT_A_WINNER'
		| 'SOLD_OUT'
		| 'ALREADY_WINNER'
		| 'QUANTITY_BELOW_CLAIMED'
		| null;
};

function refused(refusal: Ripple['refusal']): Ripple {
	return { released: [], promoted: [], refusal };
}

function findClaim(item: ItemClaims, claimId: string): Claim | undefined {
	return [...item.winners, ...item.waitlist].find((claim) => claim.claimId === claimId);
}

function waitingClaim(item: ItemClaims, buyerKey: string): Claim | undefined {
	return item.waitlist.find((claim) => claim.buyer.key === buyerKey);
}

function isWinner(item: ItemClaims, buyerKey: string): boolean {
	return item.winners.some((claim) => claim.buyer.key === buyerKey);
}

/** Releasing a claim: a winner's unit goes to the head of the queue. */
export function previewRelease(state: ShowState, number: string, claimId: string): Ripple {
	const item = state.items.get(number);
	if (!item) return refused('ITEM_NOT_FOUND');
	const claim = findClaim(item, claimId);
	if (!claim) return refused('NO_ACTIVE_CLAIM');
	const promoted = claim.state === 'winner' ? item.waitlist.slice(0, 1) : [];
	return { released: [claim], promoted, refusal: null };
}

/** Awarding a free unit to a buyer. */
export function previewAward(state: ShowState, number: string, buyerKey: string): Ripple {
	const item = state.items.get(number);
	if (!item) return refused('ITEM_NOT_FOUND');
	if (isWinner(item, buyerKey)) return refused('ALREADY_WINNER');
	if (item.winners.length >= item.quantity) return refused('SOLD_OUT');
	const waiting = waitingClaim(item, buyerKey);
	return { released: [], promoted: waiting ? [waiting] : [], refusal: null };
}

/** Moving a winner's unit to a chosen buyer, past the queue. */
export function previewReassign(
	state: ShowState,
	number: string,
	claimId: string,
	buyerKey: string
): Ripple {
	const item = state.items.get(number);
	if (!item) return refused('ITEM_NOT_FOUND');
	const winner = item.winners.find((claim) => claim.claimId === claimId);
	if (!winner) return refused('NOT_A_WINNER');
	if (isWinner(item, buyerKey)) return refused('ALREADY_WINNER');
	const waiting = waitingClaim(item, buyerKey);
	return { released: [winner], promoted: waiting ? [waiting] : [], refusal: null };
}

/** Setting the quantity: new units go to the head of the queue. */
export function previewQuantity(state: ShowState, number: string, quantity: number): Ripple {
	const item = state.items.get(number);
	if (!item) return refused('ITEM_NOT_FOUND');
	const free = quantity - item.winners.length;
	if (free < 0) return refused('QUANTITY_BELOW_CLAIMED');
	return { released: [], promoted: item.waitlist.slice(0, free), refusal: null };
}

/** What ending the show would leave: units nobody got, and people who still wait. */
export function previewEnd(state: ShowState): {
	readonly freeUnits: number;
	readonly waiting: number;
} {
	let freeUnits = 0;
	let waiting = 0;
	for (const item of state.items.values()) {
		freeUnits += item.quantity - item.winners.length;
		waiting += item.waitlist.length;
	}
	return { freeUnits, waiting };
}

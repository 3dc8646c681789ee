import type { Buyer } from './buyer.ts';
import { reallocatedItem } from './events.ts';
import type { Cause, ClaimState, LogPosition, ShowEvent } from './events.ts';

/** What takes an operator's action back; `lua/undo.lua` carries it out, or refuses. */
export type UndoPlan = {
	readonly item: string;
	/** Seq of the last event of the action: nothing may have changed the item's allocation since. */
	readonly lastSeq: number;
	readonly quantity: number | null;
	/** Claims that the action made. */
	readonly withdraw: readonly { readonly buyerKey: string; readonly claimId: string }[];
	/** Waiting claims that the action promoted. */
	readonly demote: readonly { readonly buyerKey: string; readonly claimId: string }[];
	/** Claims that the action released, with the place they had. */
	readonly reinstate: readonly {
		readonly buyer: Buyer;
		readonly state: ClaimState;
		readonly rank: number;
	}[];
};

/** The cause of an event that changes claims, quantities or nothing of the kind. */
export function causeOf(event: ShowEvent): Cause | null {
	switch (event.type) {
		case 'claim.created':
		case 'claim.promoted':
		case 'claim.released':
		case 'item.updated':
			return event.data.cause;
		default:
			return null;
	}
}

/** Whether the event belongs to the operator's action whose first event has this position. */
export function isPartOfAction(event: ShowEvent, action: LogPosition): boolean {
	const cause = causeOf(event);
	return cause?.kind === 'operator' && cause.seq === action.seq && event.epoch === action.epoch;
}

/** The plan that takes an action back. `events` are all of the action's; null when there is nothing to undo. */
export function planUndo(events: readonly ShowEvent[]): UndoPlan | null {
	const last = events.at(-1);
	const item = last && reallocatedItem(last);
	if (!last || item === undefined || item === null) return null;
	let quantity: number | null = null;
	const withdraw: { buyerKey: string; claimId: string }[] = [];
	const demote: { buyerKey: string; claimId: string }[] = [];
	const reinstate: { buyer: Buyer; state: ClaimState; rank: number }[] = [];
	for (const event of events) {
		switch (event.type) {
			case 'claim.created':
				withdraw.push({ buyerKey: event.data.buyer.key, claimId: event.data.claimId });
				break;
			case 'claim.promoted':
				demote.push({ buyerKey: event.data.buyer.key, claimId: event.data.claimId });
				break;
			case 'claim.released':
				reinstate.push({
					buyer: event.data.buyer,
					state: event.data.from,
					rank: event.data.rank
				});
				break;
			case 'item.updated':
				quantity = event.data.previous?.quantity ?? null;
				break;
			default:
				break;
		}
	}
	return { item, lastSeq: last.seq, quantity, withdraw, demote, reinstate };
}

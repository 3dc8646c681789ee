import type { ShowState } from '../domain/show-state.ts';
import {
	previewAward,
	previewEnd,
	previewQuantity,
	previewReassign,
	previewRelease
} from '../domain/ripple.ts';
import type { Ripple } from '../domain/ripple.ts';
import { plural } from '../ui/format.ts';
import { isolated } from './isolated.ts';

/** What an action would do to other people, in words, and whether it can be done at all. */
export type RippleWords = {
	readonly text: string;
	readonly possible: boolean;
	/** Whether somebody gets or loses a unit or a place through it. */
	readonly affects: boolean;
};

/** More than that are told as a number. */
const NAMED = 3;

const REFUSALS: Record<NonNullable<Ripple['refusal']>, string> = {
	ITEM_NOT_FOUND: 'The item is no longer in the show.',
	NO_ACTIVE_CLAIM: 'This claim is no longer active.',
	NOT_A_WINNER: 'This buyer holds no unit of the item any more.',
	SOLD_OUT: 'No unit is free. Raise the quantity, or reassign a winner’s unit.',
	ALREADY_WINNER: 'This buyer already holds a unit of this item.',
	QUANTITY_BELOW_CLAIMED: 'More units are already sold than that. Release a winner first.'
};

function refused(refusal: NonNullable<Ripple['refusal']>): RippleWords {
	return { text: REFUSALS[refusal], possible: false, affects: false };
}

/** `Ana`, `Ana and Ben`, `Ana, Ben, Cal and 4 more`; each name kept from turning the sentence round. */
export function nameList(names: readonly string[]): string {
	const more = names.length - NAMED;
	const parts = names.slice(0, NAMED).map(isolated);
	if (more > 0) parts.push(`${more} more`);
	const last = parts.pop() ?? '';
	return parts.length > 0 ? `${parts.join(', ')} and ${last}` : last;
}

function handles(claims: Ripple['promoted']): string[] {
	return claims.map(({ buyer }) => buyer.handle);
}

/** What releasing the claim does. */
export function releaseWords(state: ShowState, number: string, claimId: string): RippleWords {
	const ripple = previewRelease(state, number, claimId);
	if (ripple.refusal) return refused(ripple.refusal);
	const [released] = ripple.released;
	const [promoted] = ripple.promoted;
	const handle = isolated(released?.buyer.handle ?? '');
	if (released?.state === 'waitlist') {
		return { text: `${handle} leaves the queue.`, possible: true, affects: true };
	}
	const text = promoted
		? `${handle} loses the unit. ${isolated(promoted.buyer.handle)} is next in the queue and gets it.`
		: `${handle} loses the unit. Nobody waits, so it becomes free.`;
	return { text, possible: true, affects: true };
}

/** What awarding a unit to the buyer does. */
export function awardWords(
	state: ShowState,
	number: string,
	buyer: { readonly key: string; readonly handle: string }
): RippleWords {
	const ripple = previewAward(state, number, buyer.key);
	if (ripple.refusal) return refused(ripple.refusal);
	const item = state.items.get(number);
	const left = item ? item.quantity - item.winners.length - 1 : 0;
	const rest = left > 0 ? `${plural(left, 'unit')} stay${left === 1 ? 's' : ''} free.` : '';
	const queue = ripple.promoted.length > 0 ? ' and leaves the queue' : '';
	const text = `${isolated(buyer.handle)} gets ${left > 0 ? 'a' : 'the last'} unit of item ${number}${queue}. ${rest}`;
	return { text: text.trim(), possible: true, affects: ripple.promoted.length > 0 };
}

/** What moving a winner's unit to the buyer does. */
export function reassignWords(
	state: ShowState,
	target: { readonly item: string; readonly claimId: string },
	buyer: { readonly key: string; readonly handle: string }
): RippleWords {
	const ripple = previewReassign(state, target.item, target.claimId, buyer.key);
	if (ripple.refusal) return refused(ripple.refusal);
	const from = isolated(ripple.released[0]?.buyer.handle ?? '');
	const queue = state.items.get(target.item)?.waitlist ?? [];
	const place = queue.findIndex((claim) => claim.buyer.key === buyer.key);
	const passed = place < 0 ? queue.length : place;
	const past =
		passed > 0
			? ` ${plural(passed, 'buyer')} in the queue ${passed === 1 ? 'is' : 'are'} passed over.`
			: '';
	const text = `${from} loses the unit and ${isolated(buyer.handle)} gets it.${past}`;
	return { text, possible: true, affects: true };
}

/** What another quantity does. */
export function quantityWords(state: ShowState, number: string, quantity: number): RippleWords {
	const ripple = previewQuantity(state, number, quantity);
	if (ripple.refusal === 'QUANTITY_BELOW_CLAIMED') {
		const won = state.items.get(number)?.winners.length ?? 0;
		const sold = `${plural(won, 'unit')} ${won === 1 ? 'is' : 'are'} sold already.`;
		return { text: `${sold} Release a winner first.`, possible: false, affects: false };
	}
	if (ripple.refusal) return refused(ripple.refusal);
	const names = handles(ripple.promoted);
	if (names.length === 0) {
		return { text: 'Nobody is affected.', possible: true, affects: false };
	}
	const verb =
		names.length === 1 ? 'moves up from the queue and gets' : 'move up from the queue and get';
	return { text: `${nameList(names)} ${verb} a unit.`, possible: true, affects: true };
}

/** What ending the show leaves behind. */
export function endWords(state: ShowState): string {
	const { freeUnits, waiting } = previewEnd(state);
	const parts = [
		freeUnits > 0 ? `${plural(freeUnits, 'unit')} without a buyer` : null,
		waiting > 0 ? `${plural(waiting, 'claim')} still waiting` : null
	].filter((part) => part !== null);
	return parts.length > 0 ? `It leaves ${parts.join(' and ')}.` : 'Every unit has a buyer.';
}

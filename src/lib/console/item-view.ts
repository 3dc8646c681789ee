import { compareItemNumbers } from '../domain/show-state.ts';
import type { ItemClaims } from '../domain/show-state.ts';
import { AVAILABILITY, availabilityOf } from './availability.ts';
import type { Availability } from './availability.ts';

export type ItemSort = 'number' | 'queue' | 'state';

export const ITEM_SORTS: readonly { readonly value: ItemSort; readonly label: string }[] = [
	{ value: 'number', label: 'By number' },
	{ value: 'queue', label: 'By queue' },
	{ value: 'state', label: 'By state' }
];

/** In the order in which a sale goes on: what is left first. */
export const AVAILABILITIES: readonly Availability[] = [
	'unclaimed',
	'partial',
	'sold_out',
	'closed'
];

export function isItemSort(value: string): value is ItemSort {
	return value in { number: 0, queue: 0, state: 0 };
}

function compare(sort: ItemSort, a: ItemClaims, b: ItemClaims): number {
	if (sort === 'queue') return b.waitlist.length - a.waitlist.length;
	return AVAILABILITIES.indexOf(availabilityOf(a)) - AVAILABILITIES.indexOf(availabilityOf(b));
}

/** The items (by number) in another order and of one state only; null for all states. */
export function viewItems(
	items: readonly ItemClaims[],
	sort: ItemSort,
	only: Availability | null
): readonly ItemClaims[] {
	const chosen = only === null ? items : items.filter((item) => availabilityOf(item) === only);
	if (sort === 'number') return chosen;
	return chosen.toSorted((a, b) => compare(sort, a, b) || compareItemNumbers(a.number, b.number));
}

/** How many items are in each state. */
export function countStates(items: readonly ItemClaims[]): Record<Availability, number> {
	const counts = { unclaimed: 0, partial: 0, sold_out: 0, closed: 0 };
	for (const item of items) counts[availabilityOf(item)]++;
	return counts;
}

/** `Sold out`, as the state is called everywhere. */
export function stateLabel(state: Availability): string {
	return AVAILABILITY[state].label;
}

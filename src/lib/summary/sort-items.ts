import type { ItemSummary } from './types.ts';

export type SortKey = 'number' | 'title' | 'sold' | 'claims' | 'waiting' | 'time';
export type SortOrder = { readonly key: SortKey; readonly descending: boolean };

export const SORT_KEYS: readonly { readonly value: SortKey; readonly label: string }[] = [
	{ value: 'number', label: 'Number' },
	{ value: 'title', label: 'Title' },
	{ value: 'sold', label: 'Sold' },
	{ value: 'claims', label: 'Claims' },
	{ value: 'waiting', label: 'Waiting' },
	{ value: 'time', label: 'Time to sell out' }
];

const TITLES = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** What an item is sorted by; null for one that has no such figure, which stands last either way. */
function figure(item: ItemSummary, key: Exclude<SortKey, 'title'>): number | null {
	switch (key) {
		case 'number':
			return Number(item.number);
		case 'sold':
			return item.sold;
		case 'claims':
			return item.claims;
		case 'waiting':
			return item.waiting;
		case 'time':
			return item.soldOut?.after?.ms ?? null;
	}
}

/** The items in the order asked for; equal ones by number. */
export function sortItems(
	items: readonly ItemSummary[],
	{ key, descending }: SortOrder
): ItemSummary[] {
	const sign = descending ? -1 : 1;
	return items.toSorted((a, b) => {
		const byNumber = Number(a.number) - Number(b.number);
		if (key === 'title') return sign * TITLES.compare(a.title, b.title) || byNumber;
		const [left, right] = [figure(a, key), figure(b, key)];
		if (left === null || right === null) {
			return Number(left === null) - Number(right === null) || byNumber;
		}
		return sign * (left - right) || byNumber;
	});
}

/** A second press turns the order round; figures start with the largest, times with the shortest. */
export function nextOrder(order: SortOrder, key: SortKey): SortOrder {
	if (order.key === key) return { key, descending: !order.descending };
	return { key, descending: key === 'sold' || key === 'claims' || key === 'waiting' };
}

import { readItemList } from '$lib/setup/read-item-list.ts';
import { reviewRows } from '$lib/setup/review-rows.ts';
import type { Review } from '$lib/setup/review-rows.ts';

/** What a pasted list gives a show that has no items yet. */
export function reviewNewItems(list: string): Review {
	return reviewRows(readItemList(list), () => undefined, 'line');
}

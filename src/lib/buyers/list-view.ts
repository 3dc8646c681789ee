import { MAX_NAME_TEXT } from '../domain/text.ts';
import { parseTag } from '../domain/buyer-tag.ts';

export const ORDERS = [
	{ value: 'units', label: 'Most units' },
	{ value: 'seen', label: 'Latest' },
	{ value: 'shows', label: 'Most shows' }
] as const;

export type Order = (typeof ORDERS)[number]['value'];

/** What a list of buyers is narrowed to and ordered by; all of it stands in its address. */
export type BuyerListView = {
	readonly search: string;
	readonly tag: string | null;
	readonly blocked: boolean;
	/** Of use across shows only. */
	readonly order: Order;
};

/** Reads the view from an address; what it does not understand it leaves out. */
export function readView(query: URLSearchParams): BuyerListView {
	return {
		search: (query.get('search') ?? '').trim().slice(0, MAX_NAME_TEXT),
		tag: parseTag(query.get('tag') ?? ''),
		blocked: query.get('blocked') === 'yes',
		order: ORDERS.find(({ value }) => value === query.get('order'))?.value ?? 'units'
	};
}

/** The query of the view's address, without what is at its default; empty, or `?…`. */
export function viewQuery(view: BuyerListView, cursor?: string): '' | `?${string}` {
	const query = new URLSearchParams();
	if (view.search.trim() !== '') query.set('search', view.search.trim());
	if (view.tag !== null) query.set('tag', view.tag);
	if (view.blocked) query.set('blocked', 'yes');
	if (view.order !== 'units') query.set('order', view.order);
	if (cursor !== undefined) query.set('cursor', cursor);
	return query.size === 0 ? '' : `?${query}`;
}

/** Whether the list is narrowed down. */
export function isNarrowed(view: BuyerListView): boolean {
	return view.search !== '' || view.tag !== null || view.blocked;
}

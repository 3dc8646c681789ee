import type { ShowSnapshot } from '../domain/live-show.ts';
import type { Claim, ItemClaims } from '../domain/show-state.ts';

/** Longest handle that is shown, in characters. */
const MAX_HANDLE = 40;

/** What the presenter view says of the item on show: nothing that a viewer of the live could not know. */
export type PresentedItem = {
	readonly number: string;
	readonly title: string;
	/** Units without a winner. */
	readonly left: number;
	readonly quantity: number;
	readonly closed: boolean;
	/** Who holds a unit, the latest first. `id` tells them apart and is not shown. */
	readonly winners: readonly PresentedBuyer[];
	/** How many wait, and who of them is next. */
	readonly waiting: number;
	readonly next: string | null;
};

export type PresentedBuyer = { readonly id: string; readonly handle: string };

const withoutName = (claim: Claim): Claim => ({
	...claim,
	buyer: { ...claim.buyer, displayName: null }
});

/** The show without comments and without display names: whoever looks at the page's source finds none. */
export function publicSnapshot(snapshot: ShowSnapshot): ShowSnapshot {
	const items = snapshot.items.map((item) => ({
		...item,
		winners: item.winners.map(withoutName),
		waitlist: item.waitlist.map(withoutName)
	}));
	return { ...snapshot, items, comments: [], feed: [] };
}

/** The handle as the platform shows it, cut to a length that fits. */
export function presentHandle(handle: string): string {
	const characters = [...handle];
	return characters.length <= MAX_HANDLE
		? handle
		: `${characters.slice(0, MAX_HANDLE - 1).join('')}…`;
}

export function presentItem(item: ItemClaims): PresentedItem {
	const [next] = item.waitlist;
	return {
		number: item.number,
		title: item.title,
		left: Math.max(0, item.quantity - item.winners.length),
		quantity: item.quantity,
		closed: item.state === 'closed',
		winners: item.winners
			.map(({ claimId, buyer }) => ({ id: claimId, handle: presentHandle(buyer.handle) }))
			.reverse(),
		waiting: item.waitlist.length,
		next: next ? presentHandle(next.buyer.handle) : null
	};
}

import type { ShowEvent } from '../../../src/lib/domain/events.ts';

export type Holder = { readonly claimId: string; readonly rank: number };

/** An item as a shop assistant with a sheet of paper would keep it; by buyer. */
export type Sheet = {
	quantity: number;
	readonly winners: Map<string, Holder>;
	readonly queue: Map<string, Holder>;
};

export type Sheets = Map<string, Sheet>;

/**
 * Writes one event down, in the plainest way and without judging it: it knows nothing of the product's
 * reducer, so that a fault of that can't hide.
 */
export function writeDown(sheets: Sheets, event: ShowEvent): void {
	switch (event.type) {
		case 'item.updated': {
			const { action, item } = event.data;
			if (action === 'removed') return void sheets.delete(item.number);
			const sheet = sheets.get(item.number);
			if (sheet) sheet.quantity = item.quantity;
			else {
				const { quantity } = item;
				sheets.set(item.number, { quantity, winners: new Map(), queue: new Map() });
			}
			return;
		}
		case 'claim.created': {
			const { item, buyer, state, claimId, rank } = event.data;
			const sheet = sheets.get(item);
			(state === 'winner' ? sheet?.winners : sheet?.queue)?.set(buyer.key, { claimId, rank });
			return;
		}
		case 'claim.promoted': {
			const sheet = sheets.get(event.data.item);
			const { key } = event.data.buyer;
			const waiting = sheet?.queue.get(key);
			sheet?.queue.delete(key);
			if (waiting) sheet?.winners.set(key, waiting);
			return;
		}
		case 'claim.released': {
			const sheet = sheets.get(event.data.item);
			(event.data.from === 'winner' ? sheet?.winners : sheet?.queue)?.delete(event.data.buyer.key);
			return;
		}
		default:
	}
}

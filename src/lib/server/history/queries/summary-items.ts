import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { ItemState } from '../../../domain/events.ts';
import type { Database } from '../database.ts';
import type { ScopedShow } from './scope.ts';

/** Names that a summary carries of each item; the rest is read on demand (`listHolders`). */
export const SHOWN_WINNERS = 20;
export const SHOWN_WAITING = 10;

/** Somebody who holds a unit or waits for one. */
export type Holder = {
	readonly claimId: string;
	readonly buyerKey: string;
	readonly platform: string;
	readonly handle: string;
	readonly displayName: string | null;
	/** When the unit was won, or, while waiting, claimed; epoch ms. */
	readonly at: number;
};

/** An item with its claims added up. */
export type ItemCounts = {
	readonly itemId: string;
	readonly number: string;
	readonly title: string;
	readonly quantity: number;
	readonly state: ItemState;
	/** Claims ever made, active or not. */
	readonly claims: number;
	readonly sold: number;
	readonly waiting: number;
	/** The first of them, in the order they won. */
	readonly winners: readonly Holder[];
	/** The head of the queue. */
	readonly queue: readonly Holder[];
};

type HolderRow = {
	readonly id: string;
	readonly buyer_key: string;
	readonly platform: string;
	readonly handle: string;
	readonly display_name: string | null;
	readonly claimed_at: Date;
	readonly promoted_at: Date | null;
};

export function toHolder(row: HolderRow): Holder {
	return {
		claimId: row.id,
		buyerKey: row.buyer_key,
		platform: row.platform,
		handle: row.handle,
		displayName: row.display_name,
		at: (row.promoted_at ?? row.claimed_at).getTime()
	};
}

/** The show's items by number, with counts (index `claims_show`) and names (index `claims_active`). */
export async function readItemCounts(
	db: Kysely<Database>,
	show: ScopedShow
): Promise<ItemCounts[]> {
	const items = await db
		.with('counts', (counts) =>
			counts
				.selectFrom('claims')
				.select([
					'item_id',
					sql<string>`count(*)`.as('claims'),
					sql<string>`count(*) filter (where state = 'winner')`.as('sold'),
					sql<string>`count(*) filter (where state = 'waitlist')`.as('waiting')
				])
				.where('show_id', '=', show.id)
				.groupBy('item_id')
		)
		.selectFrom('items')
		.leftJoin('counts', 'counts.item_id', 'items.id')
		.select(['id', 'number', 'title', 'quantity', 'state', 'claims', 'sold', 'waiting'])
		.where('show_id', '=', show.id)
		.where('removed_at', 'is', null)
		.orderBy('number')
		.execute();
	const holders = await readHolders(db, show);
	return items.map((item) => ({
		itemId: item.id,
		number: String(item.number),
		title: item.title,
		quantity: item.quantity,
		state: item.state,
		claims: Number(item.claims ?? 0),
		sold: Number(item.sold ?? 0),
		waiting: Number(item.waiting ?? 0),
		winners: holders.get(`${item.number} winner`) ?? [],
		queue: holders.get(`${item.number} waitlist`) ?? []
	}));
}

/** The first winners and the head of the queue of every item, under `<number> <state>`. */
async function readHolders(db: Kysely<Database>, show: ScopedShow): Promise<Map<string, Holder[]>> {
	const rows = await db
		.selectFrom((from) =>
			from
				.selectFrom('claims')
				.select([
					...(['id', 'item_number', 'buyer_key', 'platform', 'handle', 'display_name'] as const),
					...(['state', 'claimed_at', 'promoted_at'] as const),
					sql<string>`row_number() over (
						partition by item_number, state order by coalesce(won_seq, rank)
					)`.as('place')
				])
				.where('show_id', '=', show.id)
				.where('state', '<>', sql<'released'>`'released'`)
				.as('ranked')
		)
		.selectAll()
		.where((eb) =>
			eb.or([
				eb('place', '<=', String(SHOWN_WAITING)),
				eb.and([eb('state', '=', 'winner'), eb('place', '<=', String(SHOWN_WINNERS))])
			])
		)
		.orderBy('item_number')
		.orderBy('state')
		.orderBy('place')
		.execute();
	const holders = new Map<string, Holder[]>();
	for (const row of rows) {
		const key = `${row.item_number} ${row.state}`;
		const list = holders.get(key);
		if (list) list.push(toHolder(row));
		else holders.set(key, [toHolder(row)]);
	}
	return holders;
}

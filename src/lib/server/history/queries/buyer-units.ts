import { sql } from 'kysely';
import type { Db } from '../database.ts';
import type { ScopedShow } from './scope.ts';

/** A unit that a buyer holds. */
export type WonUnit = {
	readonly buyerKey: string;
	readonly itemId: string;
	readonly item: string;
	readonly title: string;
};

/** Units that these buyers hold in the show, in the order won (index `claims_buyer`). */
export async function listWonUnits(
	db: Db,
	show: ScopedShow,
	buyerKeys: readonly string[]
): Promise<WonUnit[]> {
	const rows = await db
		.selectFrom('claims')
		.innerJoin('items', 'items.id', 'claims.item_id')
		.select(['claims.buyer_key', 'claims.item_id', 'claims.item_number', 'items.title'])
		.where('claims.show_id', '=', show.id)
		.where('claims.state', '=', 'winner')
		.where('claims.buyer_key', '=', sql<string>`any(${[...buyerKeys]}::text[])`)
		.orderBy('claims.won_seq')
		.execute();
	return rows.map((row) => ({
		buyerKey: row.buyer_key,
		itemId: row.item_id,
		item: String(row.item_number),
		title: row.title
	}));
}

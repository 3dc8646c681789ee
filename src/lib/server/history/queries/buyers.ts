import { sql } from 'kysely';
import type { Db } from '../database.ts';
import { buyerTotals, toBuyerTotals, won } from './buyer-totals.ts';
import type { BuyerMarkFilter, BuyerTotals } from './buyer-totals.ts';
import { listWonUnits } from './buyer-units.ts';
import { toPage } from './page.ts';
import type { Page } from './page.ts';
import type { ScopedShow } from './scope.ts';

/** A buyer's claims in one show, added up; linked identities are one buyer. */
export type BuyerSummary = BuyerTotals & {
	/** The units won, in the order won. */
	readonly units: readonly { readonly item: string; readonly title: string }[];
};

/** Place in the list: units won, then the seq of the buyer's first claim. */
export type BuyerCursor = { readonly won: number; readonly firstSeq: number };

export type BuyerFilter = BuyerMarkFilter & {
	readonly cursor: BuyerCursor | null;
	readonly limit: number;
};

const firstSeq = sql<string>`min(claims.created_seq)`;

/**
 * The show's buyers, most units first, then whoever claimed first. Adds up all claims of the show
 * (index `claims_show`), which are thousands at most; what the buyers of the page won is one more query.
 * While a show runs a buyer whose count changes moves, and may be met twice or not at all by somebody
 * who is paging.
 */
export async function listBuyers(
	db: Db,
	show: ScopedShow,
	filter: BuyerFilter
): Promise<Page<BuyerSummary>> {
	let query = buyerTotals(db, show.workspaceId, filter)
		.select(firstSeq.as('first_seq'))
		.where('claims.show_id', '=', show.id)
		.orderBy(won, 'desc')
		.orderBy(firstSeq, 'asc')
		.limit(filter.limit + 1);
	if (filter.cursor !== null) {
		const { won: lastWon, firstSeq: lastSeq } = filter.cursor;
		query = query.having(sql<boolean>`(${won}, -${firstSeq}) < (${lastWon}, ${-lastSeq})`);
	}
	const page = toPage(
		await query.execute(),
		filter.limit,
		(row) => formatBuyerCursor({ won: Number(row.won), firstSeq: Number(row.first_seq) }),
		toBuyerTotals
	);
	const keys = page.rows.flatMap((buyer) => buyer.buyerKeys);
	const units = keys.length === 0 ? [] : await listWonUnits(db, show, keys);
	const rowOf = new Map(
		page.rows.flatMap((buyer, row) => buyer.buyerKeys.map((key) => [key, row] as const))
	);
	const byRow = Map.groupBy(units, (unit) => rowOf.get(unit.buyerKey));
	return {
		...page,
		rows: page.rows.map((buyer, row) => ({
			...buyer,
			units: (byRow.get(row) ?? []).map(({ item, title }) => ({ item, title }))
		}))
	};
}

function formatBuyerCursor(cursor: BuyerCursor): string {
	return `${cursor.won}.${cursor.firstSeq}`;
}

/** Reads the cursor of a page; null for anything else. */
export function parseBuyerCursor(text: string): BuyerCursor | null {
	const match = /^([0-9]{1,9})\.([0-9]{1,15})$/.exec(text);
	return match ? { won: Number(match[1]), firstSeq: Number(match[2]) } : null;
}

import { sql } from 'kysely';
import type { Db } from '../database.ts';
import { containsPattern, toPage } from './page.ts';
import type { Page } from './page.ts';
import type { ScopedShow } from './scope.ts';

/** A buyer's claims in one show, added up. Times are epoch milliseconds. */
export type BuyerSummary = {
	readonly buyerKey: string;
	readonly platform: string;
	readonly userId: string;
	/** As of the latest claim: handles change. */
	readonly handle: string;
	readonly displayName: string | null;
	readonly won: number;
	readonly waiting: number;
	readonly released: number;
	/** Numbers of the items won, in the order won. */
	readonly wonItems: string[];
	readonly firstClaimAt: number;
	readonly lastClaimAt: number;
};

/** Place in the list: units won, then the seq of the buyer's first claim. */
export type BuyerCursor = { readonly won: number; readonly firstSeq: number };

export type BuyerFilter = {
	readonly cursor: BuyerCursor | null;
	readonly limit: number;
	/** Part of a handle, or of the name shown beside it. */
	readonly search: string | null;
};

const won = sql<string>`count(*) filter (where state = 'winner')`;
const firstSeq = sql<string>`min(created_seq)`;

/**
 * The show's buyers, most units first, then whoever claimed first. Adds up all claims of the show
 * (index `claims_show`), which are thousands at most. While a show runs a buyer whose count changes
 * moves, and may be met twice or not at all by somebody who is paging.
 */
export async function listBuyers(
	db: Db,
	show: ScopedShow,
	filter: BuyerFilter
): Promise<Page<BuyerSummary>> {
	let query = db
		.selectFrom('claims')
		.select([
			'buyer_key',
			won.as('won'),
			firstSeq.as('first_seq'),
			sql<string>`count(*) filter (where state = 'waitlist')`.as('waiting'),
			sql<string>`count(*) filter (where state = 'released')`.as('released'),
			sql<string>`min(platform)`.as('platform'),
			sql<string>`min(user_id)`.as('user_id'),
			sql<string>`(array_agg(handle order by created_seq desc))[1]`.as('handle'),
			sql<string | null>`(array_agg(display_name order by created_seq desc))[1]`.as('display_name'),
			sql<
				number[] | null
			>`array_agg(item_number order by won_seq) filter (where state = 'winner')`.as('won_items'),
			sql<Date>`min(claimed_at)`.as('first_claim_at'),
			sql<Date>`max(claimed_at)`.as('last_claim_at')
		])
		.where('show_id', '=', show.id)
		.groupBy('buyer_key')
		.orderBy(won, 'desc')
		.orderBy(firstSeq, 'asc')
		.limit(filter.limit + 1);
	if (filter.cursor !== null) {
		const { won: lastWon, firstSeq: lastSeq } = filter.cursor;
		query = query.having(sql<boolean>`(${won}, -${firstSeq}) < (${lastWon}, ${-lastSeq})`);
	}
	if (filter.search !== null) {
		const pattern = containsPattern(filter.search);
		query = query.having(
			sql<boolean>`bool_or(handle ilike ${pattern} or display_name ilike ${pattern})`
		);
	}
	return toPage(
		await query.execute(),
		filter.limit,
		(row) => formatBuyerCursor({ won: Number(row.won), firstSeq: Number(row.first_seq) }),
		(row) => ({
			buyerKey: row.buyer_key,
			platform: row.platform,
			userId: row.user_id,
			handle: row.handle,
			displayName: row.display_name,
			won: Number(row.won),
			waiting: Number(row.waiting),
			released: Number(row.released),
			wonItems: (row.won_items ?? []).map(String),
			firstClaimAt: row.first_claim_at.getTime(),
			lastClaimAt: row.last_claim_at.getTime()
		})
	);
}

function formatBuyerCursor(cursor: BuyerCursor): string {
	return `${cursor.won}.${cursor.firstSeq}`;
}

/** Reads the cursor of a page; null for anything else. */
export function parseBuyerCursor(text: string): BuyerCursor | null {
	const match = /^([0-9]{1,9})\.([0-9]{1,15})$/.exec(text);
	return match ? { won: Number(match[1]), firstSeq: Number(match[2]) } : null;
}

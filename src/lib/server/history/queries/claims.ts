import type { Buyer } from '../../../domain/buyer.ts';
import type { ClaimState } from '../../../domain/events.ts';
import type { Db } from '../database.ts';
import { toPage } from './page.ts';
import type { Page } from './page.ts';
import type { ScopedShow } from './scope.ts';

/** A claim of a show, active or released. Times are epoch milliseconds. */
export type ClaimRecord = {
	readonly claimId: string;
	readonly item: string;
	readonly itemTitle: string;
	readonly buyer: Buyer;
	readonly state: ClaimState | 'released';
	readonly createdSeq: number;
	readonly claimedAt: number;
	readonly promotedAt: number | null;
	readonly releasedAt: number | null;
};

export type ClaimFilter = {
	/** `createdSeq` of the last claim of the page before. */
	readonly cursor: number | null;
	readonly limit: number;
	readonly item: string | null;
	readonly buyerKey: string | null;
	readonly state: ClaimState | 'released' | null;
};

/** The show's claims, newest first (index `claims_show`, or `claims_buyer` for one buyer). */
export async function listClaims(
	db: Db,
	show: ScopedShow,
	filter: ClaimFilter
): Promise<Page<ClaimRecord>> {
	let query = db
		.selectFrom('claims')
		.innerJoin('items', 'items.id', 'claims.item_id')
		.select([
			'claims.id',
			'claims.item_number',
			'items.title',
			'claims.buyer_key',
			'claims.platform',
			'claims.user_id',
			'claims.handle',
			'claims.display_name',
			'claims.state',
			'claims.created_seq',
			'claims.claimed_at',
			'claims.promoted_at',
			'claims.released_at'
		])
		.where('claims.show_id', '=', show.id)
		.orderBy('claims.created_seq', 'desc')
		.limit(filter.limit + 1);
	if (filter.cursor !== null) query = query.where('claims.created_seq', '<', String(filter.cursor));
	if (filter.item !== null) query = query.where('claims.item_number', '=', Number(filter.item));
	if (filter.buyerKey !== null) query = query.where('claims.buyer_key', '=', filter.buyerKey);
	if (filter.state !== null) query = query.where('claims.state', '=', filter.state);
	return toPage(
		await query.execute(),
		filter.limit,
		(row) => row.created_seq,
		(row) => ({
			claimId: row.id,
			item: String(row.item_number),
			itemTitle: row.title,
			buyer: {
				key: row.buyer_key,
				platform: row.platform,
				userId: row.user_id,
				handle: row.handle,
				displayName: row.display_name
			},
			state: row.state,
			createdSeq: Number(row.created_seq),
			claimedAt: row.claimed_at.getTime(),
			promotedAt: row.promoted_at?.getTime() ?? null,
			releasedAt: row.released_at?.getTime() ?? null
		})
	);
}

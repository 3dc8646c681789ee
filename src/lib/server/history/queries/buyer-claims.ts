import { sql } from 'kysely';
import type { ClaimState, ShowStatus } from '../../../domain/events.ts';
import type { Db } from '../database.ts';
import { claimsOf, readMarks } from './buyer-person.ts';
import { toPage } from './page.ts';
import type { Page } from './page.ts';
import type { WorkspaceScope } from './scope.ts';

/** A claim with its show. Times are epoch milliseconds. */
export type BuyerClaim = {
	readonly claimId: string;
	readonly show: {
		readonly id: string;
		readonly name: string;
		readonly status: ShowStatus;
		readonly isRehearsal: boolean;
	};
	readonly buyerKey: string;
	readonly platform: string;
	readonly handle: string;
	readonly item: string;
	readonly itemTitle: string;
	readonly state: ClaimState | 'released';
	readonly claimedAt: number;
	readonly releasedAt: number | null;
};

export type BuyerClaimFilter = {
	/** Id of the last claim of the page before. */
	readonly cursor: string | null;
	readonly limit: number;
	/** Only what can still be released: active claims of shows that have not ended. */
	readonly releasable: boolean;
};

/** What the person claimed in any show of the workspace, rehearsals too, newest first. */
export async function listBuyerClaims(
	db: Db,
	scope: WorkspaceScope,
	buyerKey: string,
	filter: BuyerClaimFilter
): Promise<Page<BuyerClaim>> {
	const { buyerKeys } = await readMarks(db, scope.workspaceId, buyerKey);
	let query = claimsOf(db, scope.workspaceId, buyerKeys)
		.innerJoin('items', 'items.id', 'claims.item_id')
		.select([
			'claims.id',
			'shows.id as show_id',
			'shows.name as show_name',
			'shows.status as show_status',
			'shows.is_rehearsal',
			'claims.buyer_key',
			'claims.platform',
			'claims.handle',
			'claims.item_number',
			'items.title',
			'claims.state',
			'claims.claimed_at',
			'claims.released_at'
		])
		.orderBy('claims.claimed_at', 'desc')
		.orderBy('claims.show_id', 'desc')
		.orderBy('claims.created_seq', 'desc')
		.limit(filter.limit + 1);
	if (filter.cursor !== null) {
		// The row itself is the cursor: a time and a seq alone would not say which show they are of.
		query = query.where(
			sql<boolean>`(claims.claimed_at, claims.show_id, claims.created_seq) < (
				select last.claimed_at, last.show_id, last.created_seq from claims as last
				inner join shows as its on its.id = last.show_id
				where last.id = ${filter.cursor} and its.workspace_id = ${scope.workspaceId}
			)`
		);
	}
	if (filter.releasable) {
		query = query.where('claims.state', '<>', 'released').where('shows.status', '<>', 'ended');
	}
	return toPage(
		await query.execute(),
		filter.limit,
		(row) => row.id,
		(row) => ({
			claimId: row.id,
			show: {
				id: row.show_id,
				name: row.show_name,
				status: row.show_status,
				isRehearsal: row.is_rehearsal
			},
			buyerKey: row.buyer_key,
			platform: row.platform,
			handle: row.handle,
			item: String(row.item_number),
			itemTitle: row.title,
			state: row.state,
			claimedAt: row.claimed_at.getTime(),
			releasedAt: row.released_at?.getTime() ?? null
		})
	);
}

import { sql } from 'kysely';
import type { ClaimState } from '../../../domain/events.ts';
import type { Db } from '../database.ts';
import { toPage } from './page.ts';
import type { Page } from './page.ts';
import type { ScopedShow } from './scope.ts';
import { toHolder } from './summary-items.ts';
import type { Holder } from './summary-items.ts';

export type HolderFilter = {
	readonly item: string;
	readonly state: ClaimState;
	/** Place of the last one of the page before: the seq that won, or the rank in the queue. */
	readonly cursor: number | null;
	readonly limit: number;
};

/** Winners in the order they won, or who waits, next one first (index `claims_active`). */
export async function listHolders(
	db: Db,
	show: ScopedShow,
	filter: HolderFilter
): Promise<Page<Holder>> {
	const place = filter.state === 'winner' ? sql<string>`won_seq` : sql<string>`rank`;
	let query = db
		.selectFrom('claims')
		.select([
			...(['id', 'buyer_key', 'platform', 'handle', 'display_name'] as const),
			...(['claimed_at', 'promoted_at'] as const),
			place.as('place')
		])
		.where('show_id', '=', show.id)
		.where('item_number', '=', Number(filter.item))
		.where('state', '<>', sql<'released'>`'released'`)
		.where('state', '=', filter.state)
		.orderBy(place)
		.limit(filter.limit + 1);
	if (filter.cursor !== null) query = query.where(place, '>', String(filter.cursor));
	return toPage(await query.execute(), filter.limit, (row) => row.place, toHolder);
}

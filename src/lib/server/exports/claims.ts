import type { Cell } from './csv.ts';
import { pagesBySeq } from './source.ts';
import type { ExportSource } from './source.ts';
import { WaitlistPositions } from './waitlist-positions.ts';

export const CLAIM_COLUMNS: readonly string[] = [
	'timestamp',
	'item_number',
	'item_title',
	'user_handle',
	'platform',
	'status',
	'waitlist_position'
];

/**
 * All claims of the show as they ended, in the order in which they were made (index `claims_show`):
 * time, item and handle of the claim, whether it won, waits or was released, and where it waits. The
 * title is the item's present one.
 */
export async function* claimRows(
	source: ExportSource
): AsyncGenerator<readonly (readonly Cell[])[], void, undefined> {
	const { db, show, lastSeq, time } = source;
	const positions = await WaitlistPositions.read(source);
	const pages = pagesBySeq(lastSeq, ({ from, to }) =>
		db
			.selectFrom('claims')
			.innerJoin('items', 'items.id', 'claims.item_id')
			.select([
				'claims.claimed_at',
				'claims.item_id',
				'claims.item_number',
				'items.title',
				'claims.handle',
				'claims.platform',
				'claims.state',
				'claims.rank'
			])
			.where('claims.show_id', '=', show.id)
			.where('claims.created_seq', '>=', String(from))
			.where('claims.created_seq', '<=', String(to))
			.orderBy('claims.created_seq')
			.execute()
	);
	for await (const page of pages) {
		yield page.map((row) => [
			time(row.claimed_at),
			row.item_number,
			row.title,
			row.handle,
			row.platform,
			row.state,
			row.state === 'waitlist' ? positions.of(row.item_id, Number(row.rank)) : null
		]);
	}
}

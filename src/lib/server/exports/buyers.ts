import { sql } from 'kysely';
import type { Cell } from './csv.ts';
import { pagesBySeq } from './source.ts';
import type { ExportSource, SeqRange } from './source.ts';

export const BUYER_COLUMNS: readonly string[] = ['user_handle', 'items_claimed', 'total_items'];

type BuyerRow = {
	readonly handle: string;
	readonly won_items: number[];
};

/**
 * The buyers who hold a unit and whose first claim lies in this stretch of the log (index `claims_show`);
 * what they won is looked up by buyer (index `claims_buyer`). So no page adds up more than its own buyers.
 */
async function readBuyers({ db, show }: ExportSource, { from, to }: SeqRange): Promise<BuyerRow[]> {
	const { rows } = await sql<BuyerRow>`
		select theirs.handle, theirs.won_items
		from claims as first
		cross join lateral (
			select (array_agg(handle order by created_seq desc))[1] as handle,
				array_agg(item_number order by won_seq) filter (where state = 'winner') as won_items
			from claims
			where show_id = first.show_id and buyer_key = first.buyer_key
		) as theirs
		where first.show_id = ${show.id} and first.created_seq between ${from} and ${to}
			and first.created_seq = (
				select min(created_seq) from claims
				where show_id = first.show_id and buyer_key = first.buyer_key
			)
			and theirs.won_items is not null
		order by first.created_seq
	`.execute(db);
	return rows;
}

/**
 * One row for everybody who won something and kept it, in the order of their first claims: the handle of
 * their latest claim, the numbers of the items they hold in the order won, and how many these are.
 */
export async function* buyerRows(
	source: ExportSource
): AsyncGenerator<readonly (readonly Cell[])[], void, undefined> {
	const pages = pagesBySeq(source.lastSeq, (range) => readBuyers(source, range));
	for await (const page of pages) {
		yield page.map((row) => [row.handle, row.won_items.join('; '), row.won_items.length]);
	}
}

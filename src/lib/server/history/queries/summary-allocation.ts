import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import type { ScopedShow } from './scope.ts';

/** What became of an item's units and its queue in the course of the show. */
export type ItemCourse = {
	readonly item: string;
	/** The most claims that ever waited at once. */
	readonly peakWaiting: number;
	/**
	 * Each time that the last free unit went, epoch ms, oldest first. A unit that is given up and goes to
	 * the queue at the same instant was never free.
	 */
	readonly soldOutAt: readonly number[];
	/** Whether it is sold out now. */
	readonly isSoldOut: boolean;
};

type CourseRow = {
	readonly item_number: number;
	readonly peak: string;
	readonly sold_out_at: Date[] | null;
	readonly is_sold_out: boolean;
};

/**
 * Counts units, winners and waiting claims of every item along the log, in Postgres. Claims tell when
 * they were made and won (index `claims_show`); the log tells what was given up and how many units there
 * were (index `events_turns`). Items that were removed are left out, also when their number is in use again.
 */
export async function readItemCourses(
	db: Kysely<Database>,
	show: ScopedShow
): Promise<ItemCourse[]> {
	const { rows } = await sql<CourseRow>`
		with item_turns as materialized (
			select item_number, seq, at, data->>'action' as action,
				(data->'item'->>'quantity')::int as quantity,
				(data->'previous'->>'quantity')::int as previous
			from events
			where show_id = ${show.id} and type = 'item.updated'
				and data->>'action' in ('added', 'quantity', 'removed')
		),
		present as (
			select item_number, max(seq) filter (where action = 'added') as added_seq
			from item_turns
			group by item_number
			having max(seq) filter (where action = 'added')
				> coalesce(max(seq) filter (where action = 'removed'), 0)
		),
		changes as (
			select item_number, seq, at, quantity - coalesce(previous, 0) as units, 0 as won, 0 as waiting
			from item_turns where action <> 'removed'
			union all
			select item_number, created_seq, claimed_at, 0,
				(won_seq is not distinct from created_seq)::int,
				(won_seq is distinct from created_seq)::int
			from claims where show_id = ${show.id}
			union all
			select item_number, won_seq, promoted_at, 0, 1, -1
			from claims where show_id = ${show.id} and won_seq <> created_seq
			union all
			select item_number, seq, at, 0,
				-(data->>'from' = 'winner')::int, -(data->>'from' = 'waitlist')::int
			from events where show_id = ${show.id} and type = 'claim.released'
		),
		running as materialized (
			select item_number, seq, at,
				sum(units) over so_far as units, sum(won) over so_far as won,
				sum(waiting) over so_far as waiting,
				lead(at) over (partition by item_number order by seq) as next_at
			from changes join present using (item_number)
			where seq >= added_seq
			window so_far as (partition by item_number order by seq)
		),
		settled as (
			select item_number, seq, at, units > 0 and won >= units as sold_out,
				lag(units > 0 and won >= units) over (partition by item_number order by seq) as before
			from running where next_at is distinct from at
		),
		sell_outs as (
			select item_number,
				array_agg(at order by seq) filter (where sold_out and before is not true) as sold_out_at,
				(array_agg(sold_out order by seq desc))[1] as is_sold_out
			from settled group by item_number
		)
		select item_number, max(waiting) as peak, sold_out_at, is_sold_out
		from running join sell_outs using (item_number)
		group by item_number, sold_out_at, is_sold_out
	`.execute(db);
	return rows.map((row) => ({
		item: String(row.item_number),
		peakWaiting: Number(row.peak),
		soldOutAt: (row.sold_out_at ?? []).map((at) => at.getTime()),
		isSoldOut: row.is_sold_out
	}));
}

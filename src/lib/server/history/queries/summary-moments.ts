import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { ShowStatus } from '../../../domain/events.ts';
import { showStatusSchema } from '../../event-schema.ts';
import type { Database } from '../database.ts';
import type { ScopedShow } from './scope.ts';

/** A turn of the show that the summary tells of. Times are epoch milliseconds. */
export type Moment =
	| {
			readonly kind: 'session';
			readonly at: number;
			readonly action: SessionTurn;
			readonly status: ShowStatus;
	  }
	| {
			readonly kind: 'item';
			readonly at: number;
			readonly action: ItemTurn;
			readonly item: string;
			readonly title: string;
			readonly isOpen: boolean;
	  };

const sessionTurn = z.enum(['activated', 'paused', 'resumed', 'ended', 'reopened']);
const itemTurn = z.enum(['added', 'removed', 'opened', 'closed', 'shown']);
type SessionTurn = z.output<typeof sessionTurn>;
type ItemTurn = z.output<typeof itemTurn>;

const rowSchema = z.discriminatedUnion('type', [
	z.object({
		type: z.literal('session.status'),
		at: z.date(),
		action: sessionTurn,
		status: showStatusSchema
	}),
	z.object({
		type: z.literal('item.updated'),
		at: z.date(),
		action: itemTurn,
		item_number: z.number(),
		title: z.string(),
		state: z.enum(['open', 'closed'])
	})
]);

/** The turns of a show in the order of its log (index `events_turns`): some per item, not per comment. */
export async function readMoments(db: Kysely<Database>, show: ScopedShow): Promise<Moment[]> {
	const { rows } = await sql<unknown>`
		select type, at, item_number, data->>'action' as action, data->>'status' as status,
			data->'item'->>'title' as title, data->'item'->>'state' as state
		from events
		where show_id = ${show.id} and type in ('item.updated', 'session.status')
			and data->>'action' in ('activated', 'paused', 'resumed', 'ended', 'reopened',
				'added', 'removed', 'opened', 'closed', 'shown')
		order by seq
	`.execute(db);
	return z.array(rowSchema).parse(rows).map(toMoment);
}

function toMoment(row: z.output<typeof rowSchema>): Moment {
	const at = row.at.getTime();
	if (row.type === 'session.status')
		return { kind: 'session', at, action: row.action, status: row.status };
	return {
		kind: 'item',
		at,
		action: row.action,
		item: String(row.item_number),
		title: row.title,
		isOpen: row.state === 'open'
	};
}

/** Comments were not counted from `from` to `to`; `to` is null when that lasts. */
export type Pause = {
	readonly kind: 'paused' | 'ended';
	readonly from: number;
	readonly to: number | null;
};

/** When the show took no claims in between: pauses, and ends that were taken back. */
export function pausesOf(moments: readonly Moment[]): Pause[] {
	const pauses: Pause[] = [];
	let open: Pause | null = null;
	for (const moment of moments) {
		if (moment.kind !== 'session') continue;
		if (open !== null) {
			pauses.push({ ...open, to: moment.at });
			open = null;
		}
		// A reopened show may go on as paused.
		if (moment.status === 'paused' || moment.status === 'ended') {
			open = { kind: moment.status, from: moment.at, to: null };
		}
	}
	// The last end is the end of the show, no pause of it.
	if (open?.kind === 'paused') pauses.push(open);
	return pauses;
}

/** From when on an item was for sale, and what made it so; null for one that could not be claimed yet. */
export type SaleStart = {
	readonly at: number;
	readonly from: 'shown' | 'opened' | 'added' | 'started';
};

type ItemSale = { isOpen: boolean; shownAt: number | null; claimable: SaleStart | null };

/**
 * When each item of the show (by number) went on sale: when the host first held it up; for an item that
 * was never held up by `until(item)`, when it could first be claimed, so at the latest of the start of
 * the show, its adding and its opening. What was held up before the start counts from the start.
 */
export function saleStarts(
	moments: readonly Moment[],
	until: (item: string) => number
): Map<string, SaleStart> {
	const sales = new Map<string, ItemSale>();
	let startedAt: number | null = null;
	for (const moment of moments) {
		if (moment.kind === 'session') {
			if (moment.action !== 'activated') continue;
			startedAt = moment.at;
			for (const sale of sales.values()) {
				if (sale.isOpen) sale.claimable ??= { at: moment.at, from: 'started' };
			}
			continue;
		}
		const { at, action, item, isOpen } = moment;
		if (action === 'removed') {
			sales.delete(item);
			continue;
		}
		const sale = sales.get(item) ?? { isOpen, shownAt: null, claimable: null };
		sales.set(item, sale);
		sale.isOpen = isOpen;
		if (action === 'shown') sale.shownAt ??= at;
		if (startedAt !== null && isOpen && (action === 'added' || action === 'opened')) {
			sale.claimable ??= { at, from: action };
		}
	}
	const starts = new Map<string, SaleStart>();
	for (const [item, { shownAt, claimable }] of sales) {
		const start =
			shownAt !== null && startedAt !== null && shownAt <= until(item)
				? { at: Math.max(shownAt, startedAt), from: 'shown' as const }
				: claimable;
		if (start !== null) starts.set(item, start);
	}
	return starts;
}

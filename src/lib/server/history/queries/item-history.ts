import type { ShowEvent } from '../../../domain/events.ts';
import type { Db } from '../database.ts';
import { toEvent } from '../event-log.ts';
import { toPage } from './page.ts';
import type { Page } from './page.ts';
import type { ScopedShow } from './scope.ts';

export type ItemHistoryFilter = {
	readonly item: string;
	/** Seq of the last event of the page before. */
	readonly cursor: number | null;
	readonly limit: number;
};

/** What happened to an item and its claims, newest first (index `events_item`). */
export async function listItemHistory(
	db: Db,
	show: ScopedShow,
	filter: ItemHistoryFilter
): Promise<Page<ShowEvent>> {
	let query = db
		.selectFrom('events')
		.select(['seq', 'epoch', 'at', 'type', 'data'])
		.where('show_id', '=', show.id)
		.where('item_number', '=', Number(filter.item))
		.where('type', '<>', 'comment.received')
		.orderBy('seq', 'desc')
		.limit(filter.limit + 1);
	if (filter.cursor !== null) query = query.where('seq', '<', String(filter.cursor));
	return toPage(await query.execute(), filter.limit, (row) => row.seq, toEvent);
}

import { feedEntry } from '../../../domain/live-show.ts';
import type { FeedEntry } from '../../../domain/live-show.ts';
import type { Db } from '../database.ts';
import { toEvent } from '../event-log.ts';
import { listComments } from './comments.ts';
import { toPage } from './page.ts';
import type { Page } from './page.ts';
import type { ScopedShow } from './scope.ts';

export type FeedFilter = {
	/** Seq of the last line of the page before. */
	readonly cursor: number | null;
	readonly limit: number;
};

/** What happened to claims (index `events_rare`). */
async function claimLines(db: Db, show: ScopedShow, filter: FeedFilter): Promise<FeedEntry[]> {
	let query = db
		.selectFrom('events')
		.select(['seq', 'epoch', 'at', 'type', 'data'])
		.where('show_id', '=', show.id)
		.where('type', '<>', 'comment.received')
		.where('type', 'in', ['claim.created', 'claim.promoted', 'claim.released'])
		.orderBy('seq', 'desc')
		.limit(filter.limit + 1);
	if (filter.cursor !== null) query = query.where('seq', '<', String(filter.cursor));
	return (await query.execute())
		.map((row) => feedEntry(toEvent(row)))
		.filter((line) => line !== null);
}

/** Claims and passes that came to nothing (index `comments_intents`). */
async function refusedLines(db: Db, show: ScopedShow, filter: FeedFilter): Promise<FeedEntry[]> {
	const { rows } = await listComments(db, show, {
		cursor: filter.cursor,
		limit: filter.limit + 1,
		search: null,
		platform: null,
		outcomes: [
			'not_counted',
			'buyer_blocked',
			'item_not_found',
			'item_closed',
			'duplicate_buyer',
			'no_active_claim'
		]
	});
	return rows
		.map((comment) =>
			feedEntry({
				id: '',
				epoch: '',
				seq: comment.seq,
				at: comment.at,
				type: 'comment.received',
				data: comment
			})
		)
		.filter((line) => line !== null);
}

/** The claim feed as consoles show it, newest first: older lines than a console holds itself. */
export async function listFeed(
	db: Db,
	show: ScopedShow,
	filter: FeedFilter
): Promise<Page<FeedEntry>> {
	const lines = [
		...(await claimLines(db, show, filter)),
		...(await refusedLines(db, show, filter))
	].sort((a, b) => b.seq - a.seq);
	return toPage(
		lines.slice(0, filter.limit + 1),
		filter.limit,
		(line) => String(line.seq),
		(line) => line
	);
}

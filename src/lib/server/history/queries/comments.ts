import type { CommentOutcome } from '../../../domain/events.ts';
import type { CommentEntry } from '../../../domain/live-show.ts';
import type { Db } from '../database.ts';
import { containsPattern, toPage } from './page.ts';
import type { Page } from './page.ts';
import type { ScopedShow } from './scope.ts';

export type CommentFilter = {
	/** Seq of the last comment of the page before. */
	readonly cursor: number | null;
	readonly limit: number;
	/** Part of the text or of the handle. */
	readonly search: string | null;
	readonly platform: string | null;
	/** Only comments that ask for something and came to one of these; null for all comments. */
	readonly outcomes: readonly CommentOutcome[] | null;
};

/**
 * The show's comments, newest first, in the shape that consoles hold them (primary key; a search reads
 * backwards until the page is full).
 */
export async function listComments(
	db: Db,
	show: ScopedShow,
	filter: CommentFilter
): Promise<Page<CommentEntry>> {
	let query = db
		.selectFrom('comments')
		.select([
			'seq',
			'platform',
			'live_id',
			'comment_id',
			'user_id',
			'handle',
			'display_name',
			'from_page',
			'text',
			'posted_at',
			'received_at',
			'intent',
			'item_number',
			'outcome',
			'claim_id',
			'position',
			'removed'
		])
		.where('show_id', '=', show.id)
		.orderBy('seq', 'desc')
		.limit(filter.limit + 1);
	if (filter.cursor !== null) query = query.where('seq', '<', String(filter.cursor));
	if (filter.platform !== null) query = query.where('platform', '=', filter.platform);
	if (filter.outcomes !== null) {
		query = query.where('intent', 'is not', null).where('outcome', 'in', filter.outcomes);
	}
	if (filter.search !== null) {
		const pattern = containsPattern(filter.search);
		query = query.where((eb) =>
			eb.or([eb('text', 'ilike', pattern), eb('handle', 'ilike', pattern)])
		);
	}
	return toPage(
		await query.execute(),
		filter.limit,
		(row) => row.seq,
		(row) => ({
			seq: Number(row.seq),
			at: row.received_at.getTime(),
			platform: row.platform,
			liveId: row.live_id,
			commentId: row.comment_id,
			postedAt: row.posted_at?.getTime() ?? null,
			userId: row.user_id,
			handle: row.handle,
			displayName: row.display_name,
			fromPage: row.from_page,
			text: row.text,
			intent: row.intent,
			item: row.item_number === null ? null : String(row.item_number),
			outcome: row.outcome,
			claimId: row.claim_id,
			position: row.position,
			...(row.removed === null ? {} : { removed: row.removed })
		})
	);
}

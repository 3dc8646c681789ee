import { commentKey } from '../allocator/comment.ts';
import { encodeCommentResult } from '../allocator/comment-results.ts';
import type { Db } from './database.ts';

/** Comments of one read: as many field and value pairs as one call of lua/restore-stage.lua takes. */
const COMMENT_PAGE = 1_500;

export type StagedComments = {
	/** Field, value, … as the `comments` hash holds them: identity, first result. */
	readonly values: string[];
	/** Seq of the last comment read; null when there are no more. */
	readonly last: string | null;
};

/** The next comments of a show after a seq, in its order. */
export async function readStagedComments(
	db: Db,
	showId: string,
	afterSeq: string
): Promise<StagedComments> {
	const rows = await db
		.selectFrom('comments')
		.select(['seq', 'platform', 'comment_id', 'outcome', 'item_number', 'claim_id', 'position'])
		.where('show_id', '=', showId)
		.where('seq', '>', afterSeq)
		.orderBy('seq')
		.limit(COMMENT_PAGE)
		.execute();
	const values = rows.flatMap((row) => [
		commentKey(row.platform, row.comment_id),
		encodeCommentResult({
			seq: Number(row.seq),
			outcome: row.outcome,
			item: row.item_number === null ? null : String(row.item_number),
			claimId: row.claim_id,
			position: row.position
		})
	]);
	return { values, last: rows.length < COMMENT_PAGE ? null : (rows.at(-1)?.seq ?? null) };
}

import { removalWords } from '../../domain/removal.ts';
import type { Cell } from './csv.ts';
import { pagesBySeq } from './source.ts';
import type { ExportSource } from './source.ts';

export const COMMENT_COLUMNS: readonly string[] = [
	'timestamp',
	'platform',
	'user_handle',
	'text',
	'intent',
	'item_number',
	'outcome',
	'waitlist_position',
	'comment_key'
];

/**
 * All comments in the order in which they counted (primary key): when we received it, who wrote what, what
 * it asked for and what became of it. The position is the one that the comment got then. `comment_key` is
 * `platform:commentId`, as the event log's causes name it: a spreadsheet would round a bare long number.
 * A comment that was removed (domain/removal.ts) says so in place of its text, and has no key.
 */
export async function* commentRows({
	db,
	show,
	lastSeq,
	time
}: ExportSource): AsyncGenerator<readonly (readonly Cell[])[], void, undefined> {
	const pages = pagesBySeq(lastSeq, ({ from, to }) =>
		db
			.selectFrom('comments')
			.select([
				'received_at',
				'platform',
				'handle',
				'text',
				'intent',
				'item_number',
				'outcome',
				'position',
				'comment_id',
				'removed'
			])
			.where('show_id', '=', show.id)
			.where('seq', '>=', String(from))
			.where('seq', '<=', String(to))
			.orderBy('seq')
			.execute()
	);
	for await (const page of pages) {
		yield page.map((row) => [
			time(row.received_at),
			row.platform,
			row.handle,
			row.removed === null ? row.text : `(${removalWords(row.removed)})`,
			row.intent,
			row.item_number,
			row.outcome,
			row.position,
			row.removed === null ? `${row.platform}:${row.comment_id}` : null
		]);
	}
}

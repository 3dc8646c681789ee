import { z } from 'zod';
import type { MetaAnswer } from './meta/client.ts';
import { MetaError } from './meta/errors.ts';
import type { Usage } from './meta/usage.ts';
import { parseComments } from './platform-comment.ts';
import type { CommentBatch, PlatformComment } from './platform-comment.ts';

/** Requests of one read. */
export const MAX_COMMENT_PAGES = 500;
/**
 * Meta takes out what the reader may not see after it cut a page, and says to rely on `next` alone; so an
 * empty page is not yet the end. This many in a row are.
 */
const MAX_EMPTY_PAGES = 5;
/** What Meta says of a cursor whose comment was deleted, among other things (PLATFORMS 1.8). */
const BAD_PARAMETER = 100;

export type CommentPage = CommentBatch & {
	readonly usage: Usage | null;
	/**
	 * Null: another page follows. `page_cap`: there is more, but this read stops here. `gone`: Instagram no
	 * longer shows the live; whether it ended is read elsewhere.
	 */
	readonly end: 'all_read' | 'page_cap' | 'gone' | null;
	/** With `page_cap`: where the next read goes on; to be handed over as its `after`. */
	readonly resumeAfter: string | null;
};

/** A page as Meta sends it. Without a `data` array it is a fault, not a page without comments (PLATFORMS 2.7). */
export const pageAnswer = z.object({
	data: z.array(z.unknown()),
	paging: z
		.object({
			next: z.string().optional(),
			cursors: z.object({ after: z.string().min(1).max(2_000).optional() }).optional()
		})
		.optional()
		.catch(undefined)
});

export type PageWalk = {
	/** Asks for the page behind the cursor; null: the first one. */
	readonly request: (after: string | null) => Promise<MetaAnswer<z.output<typeof pageAnswer>>>;
	readonly parse: (row: unknown) => PlatformComment | null;
	/** Where to begin; null: at the first page. */
	readonly after: string | null;
	/** Whether nothing behind this page matters. */
	readonly isLast?: (batch: CommentBatch) => boolean;
};

/**
 * Walks the pages of a list of comments. At least once: a page may repeat comments of another. A page is
 * yielded before the next one is asked for, so a later failure loses nothing that was read. It ends with
 * the page that has no `next`, or brings nothing but comments of earlier pages.
 *
 * A cursor dies with the comment that it points to; the walk then begins anew, once.
 * @throws MetaError; never because of a single strange comment, which is counted as malformed
 */
export async function* walkCommentPages(
	walk: PageWalk
): AsyncGenerator<CommentPage, void, undefined> {
	let after = walk.after;
	let mayRestart = true;
	let seen = new Set<string>();
	let emptyPages = 0;
	for (let requests = 1; ; requests++) {
		const answer = await walk.request(after).catch((error: unknown) => {
			if (after !== null && mayRestart && isDeadCursor(error)) return null;
			throw error;
		});
		if (answer === null) {
			mayRestart = false;
			after = null;
			seen = new Set();
			continue;
		}
		const { data, paging } = answer.data;
		const batch = parseComments(data, walk.parse);
		emptyPages = data.length === 0 ? emptyPages + 1 : 0;
		const seenBefore = seen.size;
		for (const { commentId } of batch.comments) seen.add(commentId);
		const isRepeated = data.length > 0 && batch.malformed === 0 && seen.size === seenBefore;
		// The last page has a cursor too; only `next` says that more follows (PLATFORMS 1.12).
		const cursor = paging?.next === undefined ? null : (paging.cursors?.after ?? null);
		const isLast =
			cursor === null ||
			cursor === after ||
			isRepeated ||
			emptyPages === MAX_EMPTY_PAGES ||
			(walk.isLast?.(batch) ?? false);
		const isCapped = !isLast && requests >= MAX_COMMENT_PAGES;
		yield {
			...batch,
			usage: answer.usage,
			end: isLast ? 'all_read' : isCapped ? 'page_cap' : null,
			resumeAfter: isCapped ? cursor : null
		};
		if (isLast || isCapped) return;
		after = cursor;
	}
}

function isDeadCursor(error: unknown): boolean {
	return error instanceof MetaError && error.code === BAD_PARAMETER;
}

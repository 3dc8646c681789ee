import { pageAnswer, walkCommentPages } from '../comment-pages.ts';
import type { CommentPage } from '../comment-pages.ts';
import type { MetaClient } from '../meta/client.ts';
import { graphPath } from '../meta/client.ts';
import { parseFacebookComment } from '../platform-comment.ts';

export type { CommentPage } from '../comment-pages.ts';

/** The largest page that Meta gives (PLATFORMS 2.2). */
const PAGE_LIMIT = 100;
/** What every read asks of a comment. */
export const COMMENT_FIELDS = 'id,from{id,name},message,created_time';

export type FacebookReadOptions = {
	readonly liveId: string;
	readonly pageId: string;
	/** The Page's own token: with any other, authors are left out (PLATFORMS 2.3). */
	readonly token: string;
	/** Epoch ms, rounded down to the second; null reads the whole broadcast. */
	readonly since: number | null;
	/** Where an earlier read of the same `since` met the page cap. */
	readonly after?: string | null;
	readonly signal?: AbortSignal;
};

/**
 * Reads the comments of a broadcast since a time, page by page, each at least once and in no order that
 * can be trusted (PLATFORMS 2.2). The caller moves its `since` only after a page with `end: 'all_read'`,
 * and overlaps: Meta's times are whole seconds.
 * @throws MetaError as `walkCommentPages`; none of them says that the live has ended
 */
export function readComments(
	client: MetaClient,
	options: FacebookReadOptions
): AsyncGenerator<CommentPage, void, undefined> {
	const { liveId, pageId, token, since, signal } = options;
	const query: Record<string, string> = {
		// Flat, replies included.
		filter: 'stream',
		// By default Meta silently drops comments of "low quality".
		live_filter: 'no_filter',
		order: 'chronological',
		limit: String(PAGE_LIMIT),
		fields: COMMENT_FIELDS
	};
	if (since !== null) query['since'] = String(Math.max(0, Math.floor(since / 1000)));
	return walkCommentPages({
		after: options.after ?? null,
		parse: (row) => parseFacebookComment(row, { pageId, seenAt: Date.now() }),
		request: (after) =>
			client.request(
				{
					path: graphPath(liveId, 'comments'),
					token,
					query: after === null ? query : { ...query, after },
					signal
				},
				pageAnswer
			)
	});
}

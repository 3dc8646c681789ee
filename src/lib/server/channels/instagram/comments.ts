import { orderKey } from '../comment-order.ts';
import { pageAnswer, walkCommentPages } from '../comment-pages.ts';
import type { CommentPage } from '../comment-pages.ts';
import type { MetaClient } from '../meta/client.ts';
import { graphPath } from '../meta/client.ts';
import { MetaError } from '../meta/errors.ts';
import { parseInstagramComment } from '../platform-comment.ts';
import type { PlatformComment } from '../platform-comment.ts';

/** The largest page that Instagram gives (PLATFORMS 3.6). */
const PAGE_LIMIT = 50;

export type InstagramReadOptions = {
	readonly mediaId: string;
	readonly accountId: string;
	readonly token: string;
	/** Epoch ms; null reads the whole live. */
	readonly since: number | null;
	/** Where an earlier read of the same `since` met the page cap. */
	readonly after?: string | null;
	readonly signal?: AbortSignal;
};

/**
 * Reads the comments of a live back to a time, page by page, each at least once (PLATFORMS 3.6; only for
 * accounts reached by Facebook Login, and only while the live is on air). Instagram gives the newest page
 * first; within a page the comments come oldest first. So the caller collects all pages before it feeds
 * them in order, and moves its `since` only after `end: 'all_read'`. A comment that is known from before
 * ends nothing: behind it may lie what a read that failed half-way did not reach. After the live's end the last
 * page has `end: 'gone'` instead of an error.
 * @throws MetaError as `walkCommentPages`
 */
export async function* readComments(
	client: MetaClient,
	options: InstagramReadOptions
): AsyncGenerator<CommentPage, void, undefined> {
	const { mediaId, accountId, token, since, signal } = options;
	const query = {
		fields: 'id,text,timestamp,username,from{id,username}',
		limit: String(PAGE_LIMIT)
	};
	// Instagram's times are whole seconds: what was written in the second of `since` is not older.
	const from = since === null ? null : Math.floor(since / 1000) * 1000;
	const isOlder = ({ postedAt }: PlatformComment): boolean =>
		from !== null && postedAt !== null && postedAt < from;
	const pages = walkCommentPages({
		after: options.after ?? null,
		parse: (row) => parseInstagramComment(row, { accountId, seenAt: Date.now() }),
		isLast: ({ comments, malformed }) =>
			comments.length > 0 && malformed === 0 && comments.every(isOlder),
		request: (after) =>
			client.request(
				{
					path: graphPath(mediaId, 'comments'),
					token,
					query: after === null ? query : { ...query, after },
					signal
				},
				pageAnswer
			)
	});
	try {
		for await (const page of pages) yield { ...page, comments: oldestFirst(page.comments) };
	} catch (error) {
		if (!(error instanceof MetaError) || error.kind !== 'not_found') throw error;
		yield { comments: [], malformed: 0, usage: null, end: 'gone', resumeAfter: null };
	}
}

function oldestFirst(comments: readonly PlatformComment[]): readonly PlatformComment[] {
	const keyed = comments.map((comment) => ({ comment, key: orderKey(comment) }));
	keyed.sort((one, other) => (one.key < other.key ? -1 : 1));
	return keyed.map(({ comment }) => comment);
}

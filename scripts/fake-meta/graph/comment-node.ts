import type { Parts } from '../parts.ts';
import type { StoredComment } from '../world/comments.ts';
import type { FacebookLive } from '../world/facebook-live.ts';
import { randomFor } from '../world/random.ts';
import { unixSeconds, wireTime } from '../world/wire-time.ts';
import type { Caller } from './access.ts';
import type { Node } from './fields.ts';

export const COMMENT_DEFAULTS = ['created_time', 'from', 'message'];

/** Whether chance keeps the author of this comment back in lists and streams; always the same. */
export function isAuthorOmitted(parts: Parts, comment: StoredComment): boolean {
	const { omitFromShare } = parts.knobs.values.facebook;
	return randomFor(parts.seed, `from ${comment.id}`).chance(omitFromShare);
}

/**
 * A Facebook comment as reads give it. `from` is there only for the token of the page that the live
 * is on (PLATFORMS 2.3), and then not for those who are hidden or left out.
 */
export function commentNode(
	live: FacebookLive,
	comment: StoredComment,
	about: { readonly caller: Caller; readonly isAuthorOmitted: boolean }
): Node {
	const { author, hideAuthor, text, at, parentId, isHidden } = comment;
	const maySeeAuthor = about.caller.page === live.page && !hideAuthor && !about.isAuthorOmitted;
	const parent = parentId === null ? null : live.comments.get(parentId);
	return {
		id: live.readId(comment.id),
		from: maySeeAuthor ? { name: author.name, id: author.id } : undefined,
		message: text ?? '',
		created_time: wireTime(at),
		live_broadcast_timestamp: Math.max(0, unixSeconds(at) - unixSeconds(live.startedAt)),
		parent: parent ? { id: live.readId(parent.id), message: parent.text ?? '' } : undefined,
		attachment: text === null ? { type: 'photo' } : undefined,
		is_hidden: isHidden,
		like_count: 0,
		comment_count: 0,
		message_tags: undefined,
		application: undefined,
		permalink_url: `https://www.facebook.com/${live.page.id}/posts/${live.postId}?comment_id=${comment.id}`
	};
}

import type { StoredComment } from '../world/comments.ts';
import type { FakeInstagramAccount } from '../world/instagram-account.ts';
import type { InstagramLive } from '../world/instagram-live.ts';
import { wireTime } from '../world/wire-time.ts';
import type { Node } from './fields.ts';

export const INSTAGRAM_COMMENT_DEFAULTS = ['timestamp', 'text'];
export const MEDIA_DEFAULTS: readonly string[] = [];

/** A comment on a live as reads give it (PLATFORMS 3.6). */
export function instagramCommentNode(live: InstagramLive, comment: StoredComment): Node {
	const { id, author, hideAuthor, text, at, parentId, isHidden } = comment;
	const isOwn = author.id === live.account.id;
	return {
		id,
		from: hideAuthor
			? undefined
			: {
					id: author.id,
					username: author.name,
					...(isOwn ? { self_ig_scoped_id: author.id } : {})
				},
		username: hideAuthor ? undefined : author.name,
		text: text ?? '',
		timestamp: wireTime(at),
		parent_id: parentId ?? undefined,
		media: { id: live.id, media_product_type: 'LIVE' },
		hidden: isHidden,
		like_count: 0,
		replies: undefined,
		user: undefined
	};
}

/** A live that is on, as media; its newest fifty comments come along when asked for. */
export function mediaNode(live: InstagramLive): Node {
	const comments = live.comments.all
		.toReversed()
		.slice(0, 50)
		.map((comment) => instagramCommentNode(live, comment));
	return {
		id: live.id,
		media_type: 'BROADCAST',
		media_product_type: 'LIVE',
		owner: { id: live.account.id },
		username: live.account.username,
		timestamp: wireTime(live.startedAt),
		comments: comments.length > 0 ? { data: comments } : undefined,
		comments_count: live.comments.all.length,
		caption: undefined,
		permalink: undefined
	};
}

export function instagramAccountNode(account: FakeInstagramAccount): Node {
	return {
		id: account.id,
		username: account.username,
		name: account.username,
		followers_count: 1_204,
		profile_picture_url: undefined
	};
}

import type { StoredComment } from '../world/comments.ts';
import type { FacebookLive } from '../world/facebook-live.ts';
import type { InstagramLive } from '../world/instagram-live.ts';
import type { FakePage } from '../world/page.ts';
import { unixSeconds, wireTime } from '../world/wire-time.ts';

export type WebhookField = 'feed' | 'live_videos' | 'live_comments';

/** One change that the app's callback is told of. */
export type Notification = {
	readonly object: 'page' | 'instagram';
	/** `entry.id`: the page, or the professional Instagram account. */
	readonly accountId: string;
	readonly field: WebhookField;
	readonly value: Readonly<Record<string, unknown>>;
	readonly secret: 'app' | 'instagram';
};

/** `feed` of a comment (PLATFORMS 2.5). Its id has the post's part as prefix. */
export function feedComment(
	live: FacebookLive,
	comment: StoredComment,
	verb: 'add' | 'hide' | 'unhide' | 'remove'
): Notification {
	const postId = `${live.page.id}_${live.postId}`;
	const parent = comment.parentId === null ? postId : live.webhookId(comment.parentId);
	const hasText = comment.text !== null && verb !== 'remove';
	return pageChange(live.page, 'feed', {
		...(comment.hideAuthor ? {} : { from: { id: comment.author.id, name: comment.author.name } }),
		post: {
			status_type: 'added_video',
			is_published: true,
			updated_time: wireTime(comment.at),
			permalink_url: `https://www.facebook.com/${live.page.id}/videos/${live.id}/`,
			promotion_status: 'inactive',
			id: postId
		},
		...(hasText ? { message: comment.text } : {}),
		...(comment.text === null && verb !== 'remove' ? { photo: 'https://img.example/p.jpg' } : {}),
		post_id: postId,
		comment_id: live.webhookId(comment.id),
		created_time: unixSeconds(comment.at),
		item: 'comment',
		parent_id: parent,
		verb
	});
}

/** `live_videos`; the status is lower-case here. */
export function liveVideoStatus(live: FacebookLive, status: 'live' | 'live_stopped'): Notification {
	return pageChange(live.page, 'live_videos', { id: live.id, status });
}

/** What `feed` brings besides comments. */
export function feedNoise(
	live: FacebookLive,
	item: 'reaction' | 'status',
	createdAt: number
): Notification {
	const postId = `${live.page.id}_${live.postId}`;
	return pageChange(live.page, 'feed', {
		from: { id: '7000000000000002', name: 'Rhea Act' },
		post_id: postId,
		created_time: unixSeconds(createdAt),
		item,
		verb: 'add',
		...(item === 'reaction'
			? { reaction_type: 'love', parent_id: postId }
			: { message: 'sold 1', published: 1 })
	});
}

function pageChange(
	page: FakePage,
	field: WebhookField,
	value: Notification['value']
): Notification {
	return { object: 'page', accountId: page.id, field, value, secret: 'app' };
}

export type InstagramShape = 'A' | 'B' | 'C';

/** `live_comments` (PLATFORMS 3.3). No time of the comment is in it. Shape B calls the id `comment_id`. */
export function instagramComment(
	live: InstagramLive,
	comment: StoredComment,
	how: {
		readonly shape: InstagramShape;
		readonly selfIdOnEverybody: boolean;
		readonly secret: 'app' | 'instagram';
	}
): Notification {
	const { account } = live;
	const { author } = comment;
	const hasSelfId = author.id === account.id || how.selfIdOnEverybody;
	const from = {
		id: author.id,
		username: author.name,
		...(hasSelfId ? { self_ig_scoped_id: author.id } : {})
	};
	return {
		object: 'instagram',
		accountId: account.id,
		field: 'live_comments',
		value: {
			...(comment.hideAuthor ? {} : { from }),
			media: { id: live.id, media_product_type: 'LIVE' },
			...(how.shape === 'B' ? { comment_id: comment.id } : { id: comment.id }),
			...(comment.parentId === null ? {} : { parent_id: comment.parentId }),
			...(comment.text === null ? {} : { text: comment.text })
		},
		secret: how.secret
	};
}

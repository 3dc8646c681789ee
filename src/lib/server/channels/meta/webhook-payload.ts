import { z } from 'zod';
import { liveStatusOf, statusWord } from '../facebook/lives.ts';
import {
	facebookCommentId,
	parseFacebookComment,
	parseInstagramComment,
	platformId
} from '../platform-comment.ts';
import type { PlatformComment } from '../platform-comment.ts';
import { listChanges } from './webhook-changes.ts';
import type { IgnoredWhy, WebhookChange } from './webhook-changes.ts';

export type { IgnoredWhy } from './webhook-changes.ts';

/** Changes of one delivery that are read; Meta sends up to 1,000 (PLATFORMS 3.5). */
export const MAX_CHANGES = 5_000;

/** The broadcast that a comment belongs to, as far as the webhook tells. */
export type WebhookLiveIds =
	/** Instagram: the live's media id. */
	| { readonly mediaId: string | null }
	/** Facebook: the post of the broadcast, whole and without the page's part. */
	| { readonly postId: string | null; readonly postPart: string | null };

type AboutComment = {
	/** The Page's or the Instagram account's id (`entry.id`). */
	readonly accountId: string;
	/** When Meta sent it, epoch ms; else when it was received. */
	readonly sentAt: number;
	readonly liveIds: WebhookLiveIds;
};

export type WebhookNotice =
	| (AboutComment & {
			readonly kind: 'comment';
			readonly comment: PlatformComment;
			readonly verb: 'add' | 'edited';
	  })
	| (AboutComment & {
			readonly kind: 'comment_removed';
			readonly platform: 'facebook';
			/** As in `PlatformComment`. */
			readonly commentId: string;
	  })
	| (AboutComment & {
			readonly kind: 'comment_hidden';
			readonly platform: 'facebook';
			readonly commentId: string;
			/** False: it was hidden and is shown again. */
			readonly hidden: boolean;
	  })
	| {
			readonly kind: 'live';
			readonly pageId: string;
			readonly liveId: string;
			readonly sentAt: number;
			/** Only a hint: whether it ended is decided by reading its status (PLATFORMS 2.1). */
			readonly status: 'live' | 'ended' | 'other';
			/** Meta's word, for the log. */
			readonly raw: string;
	  }
	/** How many changes were left out for one reason. */
	| { readonly kind: 'ignored'; readonly why: IgnoredWhy; readonly count: number };

type Notice = Exclude<WebhookNotice, { kind: 'ignored' }>;

/**
 * Reads the body of a delivery to `/webhooks/meta` whose signature was found right (PLATFORMS 2.5, 3.3).
 * Pure, and never throws: what can't be read is counted, since a delivery that is refused comes back for
 * 36 hours.
 * @param receivedAt epoch ms; stands in for a time that Meta leaves out
 * @returns the notices in the order of the body, and behind them a count for each reason to ignore
 */
export function readWebhook(rawText: string, receivedAt: number): readonly WebhookNotice[] {
	const notices: Notice[] = [];
	const ignored = new Map<IgnoredWhy, number>();
	let changes = 0;
	for (const change of listChanges(rawText, receivedAt)) {
		changes++;
		const notice =
			changes > MAX_CHANGES ? 'too_many' : isIgnored(change) ? change : readChange(change);
		if (isIgnored(notice)) ignored.set(notice, (ignored.get(notice) ?? 0) + 1);
		else notices.push(notice);
	}
	return [
		...notices,
		...[...ignored].map(([why, count]) => ({ kind: 'ignored', why, count }) as const)
	];
}

function isIgnored(result: WebhookChange | Notice | IgnoredWhy): result is IgnoredWhy {
	return typeof result === 'string';
}

function readChange(change: WebhookChange): Notice | IgnoredWhy {
	switch (`${change.object}.${change.field}`) {
		case 'instagram.live_comments':
		case 'instagram.comments':
			return readInstagramComment(change);
		case 'page.feed':
			return readFeed(change);
		case 'page.live_videos':
			return readLiveVideo(change);
		default:
			return 'other';
	}
}

const idOrNull = platformId.nullish().catch(null);
const instagramValue = z.looseObject({
	id: z.unknown().optional(),
	comment_id: z.unknown().optional(),
	media: z
		.object({ id: idOrNull, media_product_type: z.string().nullish().catch(null) })
		.nullish()
		.catch(null)
});

function readInstagramComment(change: WebhookChange): Notice | IgnoredWhy {
	const value = instagramValue.safeParse(change.value).data;
	if (value === undefined) return 'malformed';
	// The field `comments` brings those under posts and reels too.
	if ((value.media?.media_product_type ?? 'LIVE') !== 'LIVE') return 'other';
	const { accountId, sentAt } = change;
	const row = { ...value, id: value.id ?? value.comment_id };
	const comment = parseInstagramComment(row, { accountId, seenAt: sentAt });
	if (comment === null) return 'malformed';
	const liveIds = { mediaId: value.media?.id ?? null };
	return { kind: 'comment', accountId, sentAt, liveIds, comment, verb: 'add' };
}

const feedValue = z.looseObject({
	item: z.string().catch(''),
	verb: z.string().catch(''),
	comment_id: platformId,
	post_id: idOrNull
});

function readFeed(change: WebhookChange): Notice | IgnoredWhy {
	const { accountId, sentAt } = change;
	const value = feedValue.safeParse(change.value).data;
	if (value === undefined) return isCommentItem(change.value) ? 'malformed' : 'other';
	if (value.item !== 'comment') return 'other';
	const commentId = facebookCommentId(accountId, value.comment_id);
	if (commentId === null) return 'malformed';
	const postId = value.post_id ?? null;
	const liveIds = { postId, postPart: postId?.slice(postId.lastIndexOf('_') + 1) ?? null };
	const about = { accountId, sentAt, liveIds };
	switch (value.verb) {
		case 'add':
		case 'edited': {
			const row = { ...value, id: value.comment_id };
			const comment = parseFacebookComment(row, { pageId: accountId, seenAt: sentAt });
			if (comment === null) return 'malformed';
			return { kind: 'comment', ...about, comment, verb: value.verb };
		}
		case 'remove':
			return { kind: 'comment_removed', platform: 'facebook', ...about, commentId };
		case 'hide':
		case 'unhide': {
			const hidden = value.verb === 'hide';
			return { kind: 'comment_hidden', platform: 'facebook', ...about, commentId, hidden };
		}
		default:
			return 'other';
	}
}

function isCommentItem(value: unknown): boolean {
	return z.object({ item: z.literal('comment') }).safeParse(value).success;
}

const liveVideoValue = z.object({ id: platformId, status: statusWord });

function readLiveVideo({ accountId, sentAt, value }: WebhookChange): Notice | IgnoredWhy {
	const live = liveVideoValue.safeParse(value).data;
	if (live === undefined) return 'malformed';
	const status = liveStatusOf(live.status);
	return {
		kind: 'live',
		pageId: accountId,
		liveId: live.id,
		sentAt,
		status: status === 'live' || status === 'ended' ? status : 'other',
		raw: live.status
	};
}

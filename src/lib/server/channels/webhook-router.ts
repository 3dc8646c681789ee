import type { Db } from '../history/database.ts';
import { commentKey } from '../allocator/comment.ts';
import type { Logger } from '../observability/logger.ts';
import { showKey } from '../redis/keys.ts';
import type { RedisClient } from '../redis/run-script.ts';
import { channelsOfAccount } from './channel-store.ts';
import type { Channel } from './channel-store.ts';
import type { ConnectionStore } from './connection-store.ts';
import type { ChannelIntake } from './intake.ts';
import { readWebhook } from './meta/webhook-payload.ts';
import type { WebhookNotice } from './meta/webhook-payload.ts';
import type { PlatformComment } from './platform-comment.ts';
import { noteLive } from './seen-lives.ts';

export type WebhookRouterOptions = {
	readonly db: Db;
	readonly redis: RedisClient;
	readonly connections: ConnectionStore;
	readonly intake: ChannelIntake;
	readonly logger: Logger;
	/** A page or account went live, or seems to have ended: look at its channels. */
	readonly onLive: (live: {
		readonly platform: 'facebook' | 'instagram';
		readonly accountId: string;
		readonly liveId: string;
		readonly status: 'live' | 'ended';
	}) => Promise<void>;
};

type CommentNotice = WebhookNotice & { readonly kind: 'comment' };
type Batch = { readonly channel: Channel; readonly comments: PlatformComment[] };

/** What a delivery came to. `unmatched`: comments of a page's posts, of which some may yet be the live's. */
export type Routed = { readonly taken: number; readonly unmatched: number };

/**
 * Brings the comments of a webhook delivery to the shows that listen to their broadcast. Comments of
 * other broadcasts and posts are ignored.
 */
export class WebhookRouter {
	readonly #options: WebhookRouterOptions;

	constructor(options: WebhookRouterOptions) {
		this.#options = options;
	}

	/** `rawText`: a body whose signature was found right. Doing it again is safe. */
	async route(rawText: string, receivedAt: number): Promise<Routed> {
		const notices = readWebhook(rawText, receivedAt);
		const lookups = new Map<string, Promise<Channel[]>>();
		const channelsOf = (notice: CommentNotice): Promise<Channel[]> => {
			const { platform } = notice.comment;
			const key = `${platform}:${notice.accountId}`;
			const known = lookups.get(key);
			if (known) return known;
			const found = channelsOfAccount(this.#options.db, platform, notice.accountId);
			lookups.set(key, found);
			return found;
		};

		const batches = new Map<string, Batch>();
		let unmatched = 0;
		for (const notice of notices) {
			if (notice.kind === 'live') await this.#live(notice);
			if (notice.kind === 'ignored') this.#logIgnored(notice);
			if (notice.kind !== 'comment') continue;
			const channels = await channelsOf(notice);
			const matching = await this.#matching(notice, channels);
			if (matching.length === 0 && isOfSomePost(notice, channels)) unmatched++;
			for (const channel of matching) {
				const batch = batches.get(channel.id);
				if (batch) batch.comments.push(notice.comment);
				else batches.set(channel.id, { channel, comments: [notice.comment] });
			}
		}
		let taken = 0;
		for (const { channel, comments } of batches.values()) {
			await this.#options.intake.offer(channel, 'webhook', comments);
			taken += comments.length;
		}
		return { taken, unmatched };
	}

	async #matching(notice: CommentNotice, channels: readonly Channel[]): Promise<Channel[]> {
		if ('mediaId' in notice.liveIds) {
			return await this.#ofInstagram(notice, notice.liveIds.mediaId, channels);
		}
		const { postPart } = notice.liveIds;
		if (postPart === null) return [];
		const matching: Channel[] = [];
		for (const channel of channels) {
			const isKnown =
				postPart === channel.liveId ||
				postPart === channel.videoId ||
				(await this.#isPostOf(channel, postPart, notice.comment));
			if (isKnown) matching.push(channel);
		}
		return matching;
	}

	async #ofInstagram(
		{ accountId, sentAt }: CommentNotice,
		mediaId: string | null,
		channels: readonly Channel[]
	): Promise<Channel[]> {
		if (mediaId === null) return [];
		const matching = channels.filter((channel) => channel.liveId === mediaId);
		if (matching.length > 0) return matching;
		const { redis, connections, onLive, db } = this.#options;
		if ((await connections.ofAccount('instagram', accountId)).length === 0) return [];
		await noteLive(redis, accountId, mediaId, sentAt);
		await onLive({ platform: 'instagram', accountId, liveId: mediaId, status: 'live' });
		// Somebody may have been waiting for this account to go live; then this comment counts already.
		const now = await channelsOfAccount(db, 'instagram', accountId);
		return now.filter((channel) => channel.liveId === mediaId);
	}

	/**
	 * Whether the post is the broadcast's: its id is another one than the live's and nothing tells it. We
	 * learn it from the first comment that polling or the stream brought as well.
	 */
	async #isPostOf(channel: Channel, postPart: string, comment: PlatformComment): Promise<boolean> {
		const { redis } = this.#options;
		const intake = showKey(channel.showId, 'intake');
		const field = `${channel.id}:post`;
		if ((await redis.hget(intake, field)) === postPart) return true;
		const key = commentKey(comment.platform, comment.commentId);
		const isSeen = await redis.hexists(showKey(channel.showId, 'sightings'), key);
		if (isSeen === 0) return false;
		await redis.hset(intake, field, postPart);
		return true;
	}

	async #live(notice: WebhookNotice & { readonly kind: 'live' }): Promise<void> {
		if (notice.status === 'other') return;
		const { pageId: accountId, liveId, status } = notice;
		await this.#options.onLive({ platform: 'facebook', accountId, liveId, status });
	}

	#logIgnored({ why, count }: WebhookNotice & { readonly kind: 'ignored' }): void {
		const level = why === 'other' ? 'debug' : 'warn';
		this.#options.logger[level]({ why, count }, 'webhook changes ignored');
	}
}

/** Facebook: a comment of a post that we may yet learn to be the broadcast's. */
function isOfSomePost(notice: CommentNotice, channels: readonly Channel[]): boolean {
	return 'postPart' in notice.liveIds && notice.liveIds.postPart !== null && channels.length > 0;
}

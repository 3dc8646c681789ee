import type { Db } from '../history/database.ts';
import { commentKey } from '../allocator/comment.ts';
import type { Logger } from '../observability/logger.ts';
import { showKey } from '../redis/keys.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { Channel } from './channel-store.ts';
import type { ConnectionStore } from './connection-store.ts';
import type { ChannelIntake } from './intake.ts';
import { channelsOfAccount } from './listening-channels.ts';
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
type Match = {
	readonly channels: readonly Channel[];
	/** Whether it may yet turn out whose comment it is. */
	readonly mayMatchLater: boolean;
};
type Lookups = {
	readonly channels: Map<string, readonly Channel[]>;
	readonly strangers: Map<string, Match>;
};
const NO_MATCH: Match = { channels: [], mayMatchLater: false };
type Batch = { readonly channel: Channel; readonly comments: PlatformComment[] };

/** What a delivery came to. `unmatched`: comments that may yet turn out to be of a live that is listened to. */
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
		const lookups: Lookups = { channels: new Map(), strangers: new Map() };
		const batches = new Map<string, Batch>();
		let unmatched = 0;
		for (const notice of readWebhook(rawText, receivedAt)) {
			if (notice.kind === 'live') await this.#live(notice);
			if (notice.kind === 'ignored') this.#logIgnored(notice);
			if (notice.kind !== 'comment') continue;
			const { channels, mayMatchLater } = await this.#matching(notice, lookups);
			if (channels.length === 0 && mayMatchLater) unmatched++;
			for (const channel of channels) {
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

	async #matching(notice: CommentNotice, lookups: Lookups): Promise<Match> {
		const { platform } = notice.comment;
		const channels = await once(lookups.channels, `${platform}:${notice.accountId}`, () =>
			channelsOfAccount(this.#options, platform, notice.accountId)
		);
		if ('mediaId' in notice.liveIds) {
			const { mediaId } = notice.liveIds;
			if (mediaId === null) return NO_MATCH;
			const matching = channels.filter((channel) => channel.liveId === mediaId);
			if (matching.length > 0) return { channels: matching, mayMatchLater: false };
			return await once(lookups.strangers, `${notice.accountId}:${mediaId}`, () =>
				this.#stranger(notice, mediaId)
			);
		}
		const { postPart } = notice.liveIds;
		if (postPart === null) return NO_MATCH;
		const matching: Channel[] = [];
		for (const channel of channels) {
			const isKnown =
				postPart === channel.liveId ||
				postPart === channel.videoId ||
				(await this.#isPostOf(channel, postPart, notice.comment));
			if (isKnown) matching.push(channel);
		}
		return { channels: matching, mayMatchLater: channels.length > 0 };
	}

	/** An Instagram live that no show listens to. Somebody may be waiting for the account to go live. */
	async #stranger({ accountId, sentAt }: CommentNotice, mediaId: string): Promise<Match> {
		const { redis, connections, onLive } = this.#options;
		const connected = await connections.ofAccount('instagram', accountId);
		if (connected.length === 0) return NO_MATCH;
		await noteLive(redis, accountId, mediaId, sentAt);
		await onLive({ platform: 'instagram', accountId, liveId: mediaId, status: 'live' });
		const now = await channelsOfAccount(this.#options, 'instagram', accountId);
		return {
			channels: now.filter((channel) => channel.liveId === mediaId),
			// With Instagram Login a live is known by its comments alone, and no poll reads them again.
			mayMatchLater: connected.some(({ login }) => login === 'instagram')
		};
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
		const sighting = `${channel.id}:${key}`;
		const isSeen = await redis.hexists(showKey(channel.showId, 'sightings'), sighting);
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

/** What a delivery has looked up already: it may hold a thousand comments of one live. */
async function once<T>(known: Map<string, T>, key: string, look: () => Promise<T>): Promise<T> {
	const found = known.get(key) ?? (await look());
	known.set(key, found);
	return found;
}

import type { ChannelStatus, ChannelReason } from '../../domain/events.ts';
import type { ChannelReports } from '../allocator/channel-reports.ts';
import type { Logger } from '../observability/logger.ts';
import type { Channel } from './channel-store.ts';
import { orderKey } from './comment-order.ts';
import type { CommentInbox, Path } from './inbox.ts';
import type { PlatformComment } from './platform-comment.ts';

export type ChannelReport = {
	readonly status: ChannelStatus;
	readonly reason: ChannelReason | null;
	readonly detail: string | null;
};

export type ChannelIntakeOptions = {
	readonly inbox: CommentInbox;
	readonly reports: ChannelReports;
	readonly orderWindowMs: number;
	readonly logger: Logger;
};

/** A drain that is due a little later than the window: the server's clock and our timer differ. */
const TIMER_SLACK_MS = 10;

/** The one way from every path of every channel into a show: comments, and how the channel stands. */
export class ChannelIntake {
	readonly #options: ChannelIntakeOptions;
	readonly #timers = new Map<string, NodeJS.Timeout>();

	constructor(options: ChannelIntakeOptions) {
		this.#options = options;
	}

	/**
	 * Takes what a path brought into the show's inbox. What was written before the show went live does
	 * not count and is left out. Returns the comments that nobody had brought before.
	 */
	async offer(
		channel: Channel,
		path: Path,
		comments: readonly PlatformComment[]
	): Promise<PlatformComment[]> {
		const { inbox } = this.#options;
		const counting = comments.filter((comment) => isDuringShow(channel, comment));
		if (counting.length === 0) return [];
		const offered = counting.map((comment) => ({
			orderKey: orderKey(comment),
			comment: {
				platform: comment.platform,
				liveId: channel.liveId,
				commentId: comment.commentId,
				userId: comment.author?.id ?? null,
				userHandle: comment.author?.name ?? '',
				fromPage: isOwn(channel, comment),
				text: comment.text,
				postedAt: comment.postedAt
			}
		}));
		const statuses = await inbox.offer(channel.showId, channel.id, path, offered);
		const fresh = counting.filter((_, index) => statuses[index] === 'new');
		if (fresh.length > 0) this.#drainLater(channel.showId);
		return fresh;
	}

	/** Feeds the allocator: see `CommentInbox.drain`. */
	async drain(
		showId: string,
		until: { readonly settledKey?: string | null; readonly take?: 'due' | 'all' } = {}
	): Promise<number> {
		return await this.#options.inbox.drain(showId, until);
	}

	/** Tells the operator how the channel stands. The same report twice is one event. */
	async report(channel: Channel, { status, reason, detail }: ChannelReport): Promise<void> {
		const { id, showId, platform, liveId } = channel;
		await this.#options.reports.status(showId, {
			channelId: id,
			platform,
			liveId,
			status,
			reason,
			detail
		});
	}

	/** Stops the timers; what waits is fed by whoever ticks next. */
	close(): void {
		for (const timer of this.#timers.values()) clearTimeout(timer);
		this.#timers.clear();
	}

	#drainLater(showId: string): void {
		if (this.#timers.has(showId)) return;
		const timer = setTimeout(() => {
			this.#timers.delete(showId);
			this.drain(showId).catch((error: unknown) => {
				this.#options.logger.warn({ err: error, showId }, 'waiting comments could not be fed yet');
			});
		}, this.#options.orderWindowMs + TIMER_SLACK_MS);
		this.#timers.set(showId, timer);
	}
}

/** Platform times have a granularity of one second (PLATFORMS 2.2). */
function isDuringShow({ showStartedAt }: Channel, comment: PlatformComment): boolean {
	if (!showStartedAt) return true;
	return comment.orderAt >= Math.floor(showStartedAt.getTime() / 1000) * 1000;
}

/**
 * Whether the seller wrote it. Instagram may name the account's own comments by another id than the one
 * that we know it by (PLATFORMS 3.3, unverified); its name is its own.
 */
function isOwn(channel: Channel, { fromPage, platform, author }: PlatformComment): boolean {
	return fromPage || (platform === 'instagram' && author?.name === channel.accountName);
}

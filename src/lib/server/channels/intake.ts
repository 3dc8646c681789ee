import type { ChannelStatus, ChannelReason } from '../../domain/events.ts';
import type { ChannelReports } from '../allocator/channel-reports.ts';
import { withoutLogContext } from '../observability/log-context.ts';
import type { Logger } from '../observability/logger.ts';
import type { Channel } from './channel-store.ts';
import { orderKey } from './comment-order.ts';
import type { CommentInbox, Path } from './inbox.ts';
import type { Turn } from './inbox-turns.ts';
import type { ChannelObserver } from './observer.ts';
import type { PlatformComment } from './platform-comment.ts';

export type ChannelReport = {
	readonly status: ChannelStatus;
	readonly reason: ChannelReason | null;
	readonly detail: string | null;
};

/** What became of comments that a path brought. */
export type Offered = {
	/** Nobody had brought them before. */
	readonly fresh: readonly PlatformComment[];
	/** They wait, and no path has told their author yet. */
	readonly nameless: readonly PlatformComment[];
};

export type ChannelIntakeOptions = {
	readonly inbox: CommentInbox;
	readonly reports: ChannelReports;
	readonly orderWindowMs: number;
	readonly logger: Logger;
	readonly observer?: ChannelObserver;
};

/** A drain that is due a little later than the window: the server's clock and our timer differ. */
const TIMER_SLACK_MS = 10;
/** How often a show is drained within a window while comments keep coming. */
const DRAINS_PER_WINDOW = 4;

/** The one way from every path of every channel into a show: comments, and how the channel stands. */
export class ChannelIntake {
	readonly #options: ChannelIntakeOptions;
	/** A show's next drain, and when the window of its newest comment is over. */
	readonly #drains = new Map<string, { timer: NodeJS.Timeout; overAt: number }>();

	constructor(options: ChannelIntakeOptions) {
		this.#options = options;
	}

	/**
	 * Takes what a path brought into the show's inbox. What was written before the show went live does
	 * not count and is left out.
	 */
	async offer(
		channel: Channel,
		path: Path,
		comments: readonly PlatformComment[]
	): Promise<Offered> {
		const { inbox, observer } = this.#options;
		const counting = comments.filter((comment) => isDuringShow(channel, comment));
		if (counting.length === 0) return { fresh: [], nameless: [] };
		const offered = counting.map((comment) => ({
			orderKey: orderKey(comment),
			comment: {
				platform: comment.platform,
				liveId: channel.liveId,
				commentId: comment.commentId,
				...authorship(channel, comment),
				text: comment.text,
				postedAt: comment.postedAt
			}
		}));
		const statuses = await inbox.offer(channel, path, offered);
		const fresh = counting.filter((_, index) => statuses[index] === 'new');
		const nameless = counting.filter(({ author }, index) => {
			const status = statuses[index];
			return author === null && (status === 'new' || status === 'nameless');
		});
		const known = counting.length - fresh.length;
		observer?.offered(channel.platform, path, { fresh: fresh.length, known });
		if (fresh.length > 0) this.#drainLater(channel.showId);
		return { fresh, nameless };
	}

	/** Feeds the allocator: see `CommentInbox.drain`. */
	async drain(showId: string, turn: Turn = {}): Promise<number> {
		return await this.#options.inbox.drain(showId, turn);
	}

	/** Its comments wait for earlier ones that are being read: see `CommentInbox.hold`. */
	async hold({ showId, platform, liveId }: Channel): Promise<void> {
		await this.#options.inbox.hold(showId, { platform, liveId });
	}

	async release({ showId, platform, liveId }: Channel): Promise<void> {
		await this.#options.inbox.release(showId, { platform, liveId });
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
		for (const { timer } of this.#drains.values()) clearTimeout(timer);
		this.#drains.clear();
	}

	/** Drains when the window of what was just offered is over; until then now and then. */
	#drainLater(showId: string): void {
		const { orderWindowMs } = this.#options;
		const overAt = performance.now() + orderWindowMs;
		const planned = this.#drains.get(showId);
		if (planned) planned.overAt = overAt;
		else {
			const timer = withoutLogContext(() => this.#drainIn(showId, orderWindowMs));
			this.#drains.set(showId, { overAt, timer });
		}
	}

	#drainIn(showId: string, ms: number): NodeJS.Timeout {
		return setTimeout(() => {
			const planned = this.#drains.get(showId);
			if (planned && planned.overAt > performance.now()) {
				planned.timer = this.#drainIn(showId, this.#options.orderWindowMs / DRAINS_PER_WINDOW);
			} else this.#drains.delete(showId);
			this.drain(showId).catch((error: unknown) => {
				this.#options.logger.warn({ err: error, showId }, 'waiting comments could not be fed yet');
			});
		}, ms + TIMER_SLACK_MS);
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

/** Who wrote it, as comments are taken in. The seller's own comments bear the account's name at least. */
function authorship(channel: Channel, comment: PlatformComment) {
	const { author } = comment;
	const fromPage = isOwn(channel, comment);
	const nameless = fromPage ? channel.accountName : '';
	return { userId: author?.id ?? null, userHandle: author?.name || nameless, fromPage };
}

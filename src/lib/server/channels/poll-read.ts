import type { Logger } from '../observability/logger.ts';
import type { BroadcastReader } from './broadcast-reader.ts';
import type { Channel } from './channel-store.ts';
import { orderKey, orderKeyBefore } from './comment-order.ts';
import type { CommentPage } from './comment-pages.ts';
import type { ChannelIntake } from './intake.ts';
import { MetaError } from './meta/errors.ts';
import type { Usage } from './meta/usage.ts';
import type { PlatformComment } from './platform-comment.ts';

export type ReadFrom = {
	/** Epoch ms; null reads the whole broadcast. */
	readonly since: number | null;
	/** Where a read of the same `since` met the page cap. */
	readonly after: string | null;
};

export type BroadcastReading = {
	/** Comments that no path had brought before. */
	readonly fresh: number;
	/** The last one in the order of comments. */
	readonly newest: PlatformComment | null;
	readonly usage: Usage | null;
	/** Whether everything there is was read. */
	readonly complete: boolean;
	/** Where to go on after the page cap, else null. */
	readonly resumeAfter: string | null;
};

export type ReadingOptions = {
	readonly intake: Pick<ChannelIntake, 'offer' | 'drain' | 'hold' | 'release'>;
	readonly logger: Logger;
	readonly channel: Channel;
	readonly reader: BroadcastReader;
	readonly signal: AbortSignal;
};

/** How often a hold is renewed (`CommentInbox.hold`). */
const HOLD_AGAIN_MS = 1_000;

/**
 * Reads a broadcast and offers it page by page: a later page that fails takes nothing back. What belongs
 * behind the pages that are still to come waits for them, so that a gap is filled in order.
 * Throws `MetaError`.
 */
export async function readBroadcast(
	options: ReadingOptions,
	from: ReadFrom
): Promise<BroadcastReading> {
	const { intake, channel, reader, signal } = options;
	let fresh = 0;
	let newest: PlatformComment | null = null;
	let usage: Usage | null = null;
	let resumeAfter: string | null = null;
	let complete = false;
	let heldAt: number | null = null;
	let fedBefore = 0;
	let inOrder = reader.oldestFirst;
	try {
		for await (const page of reader.read({ ...from, signal })) {
			const follows = page.end === null || page.end === 'page_cap';
			if (follows && (heldAt === null || performance.now() - heldAt > HOLD_AGAIN_MS)) {
				heldAt = performance.now();
				await intake.hold(channel);
			}
			const offered = await intake.offer(channel, 'poll', page.comments);
			fresh += offered.fresh.length;
			await offerAuthors(options, offered.nameless);
			inOrder &&= isAscending(newest, page);
			newest = newestOf(newest, page.comments);
			usage = page.usage ?? usage;
			resumeAfter = page.resumeAfter;
			complete = page.end === 'all_read';
			if (!complete && inOrder && newest && newest.orderAt > fedBefore) {
				fedBefore = newest.orderAt;
				await feedBefore(options, newest);
			}
		}
	} finally {
		if (heldAt !== null) await intake.release(channel);
	}
	if (complete && newest) {
		const { platform, liveId, showId } = channel;
		await intake.drain(showId, { settled: { platform, liveId, key: orderKey(newest) } });
	}
	return { fresh, newest, usage, complete, resumeAfter };
}

/**
 * Pages that come oldest first show that nothing is missing before their newest second; within it the
 * platform's order is finer than its times.
 */
async function feedBefore(
	{ intake, channel: { platform, liveId, showId } }: ReadingOptions,
	newest: PlatformComment
): Promise<void> {
	await intake.drain(showId, { settled: { platform, liveId, key: orderKeyBefore(newest) } });
}

/** Whether a page's comments come oldest first and none of them belongs before the earlier pages. */
function isAscending(newestBefore: PlatformComment | null, { comments }: CommentPage): boolean {
	let time = newestBefore?.orderAt ?? 0;
	return comments.every(({ orderAt }) => {
		const ascends = orderAt >= time;
		time = orderAt;
		return ascends;
	});
}

function newestOf(
	newest: PlatformComment | null,
	comments: readonly PlatformComment[]
): PlatformComment | null {
	return comments.reduce<PlatformComment | null>(
		(last, comment) => (last === null || orderKey(comment) > orderKey(last) ? comment : last),
		newest
	);
}

/** Asks once more for authors that were missing, before the comments' turn comes (PLATFORMS 2.3). */
async function offerAuthors(
	{ intake, channel, reader, signal, logger }: ReadingOptions,
	nameless: readonly PlatformComment[]
): Promise<void> {
	if (nameless.length === 0) return;
	try {
		const rawIds = nameless.map((comment) => comment.rawId);
		await intake.offer(channel, 'poll', await reader.authors(rawIds, signal));
	} catch (error) {
		if (!(error instanceof MetaError)) throw error;
		logger.info({ code: error.code, kind: error.kind }, 'missing authors could not be asked for');
	}
}

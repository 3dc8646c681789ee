import type { Logger } from '../observability/logger.ts';
import type { BroadcastReader } from './broadcast-reader.ts';
import type { Channel } from './channel-store.ts';
import { orderKey } from './comment-order.ts';
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
	readonly intake: Pick<ChannelIntake, 'offer'>;
	readonly logger: Logger;
	readonly channel: Channel;
	readonly reader: BroadcastReader;
	readonly signal: AbortSignal;
	/** Called with each page, before it is offered. */
	readonly onPage: () => Promise<unknown>;
};

/**
 * Reads a broadcast and offers it page by page: a later page that fails takes nothing back.
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
	for await (const page of reader.read({ ...from, signal })) {
		await options.onPage();
		const brought = await intake.offer(channel, 'poll', page.comments);
		fresh += brought.length;
		await offerAuthors(options, brought);
		for (const comment of page.comments) {
			if (newest === null || orderKey(comment) > orderKey(newest)) newest = comment;
		}
		usage = page.usage ?? usage;
		resumeAfter = page.resumeAfter;
		complete = page.end === 'all_read';
	}
	return { fresh, newest, usage, complete, resumeAfter };
}

/** Asks once more for authors that were missing, before the comments' turn comes (PLATFORMS 2.3). */
async function offerAuthors(
	{ intake, channel, reader, signal, logger }: ReadingOptions,
	brought: readonly PlatformComment[]
): Promise<void> {
	const nameless = brought.filter((comment) => comment.author === null);
	if (nameless.length === 0) return;
	try {
		const rawIds = nameless.map((comment) => comment.rawId);
		await intake.offer(channel, 'poll', await reader.authors(rawIds, signal));
	} catch (error) {
		if (!(error instanceof MetaError)) throw error;
		logger.info({ code: error.code, kind: error.kind }, 'missing authors could not be asked for');
	}
}

import type { Channel } from './channel-store.ts';
import type { Connection, ConnectionTokens } from './connection-store.ts';
import { lookUpAuthors } from './facebook/comment-authors.ts';
import { readComments as readFacebookComments } from './facebook/comments.ts';
import type { CommentPage } from './facebook/comments.ts';
import { readLiveStatus } from './facebook/lives.ts';
import { readComments as readInstagramComments } from './instagram/comments.ts';
import { listLiveMedia } from './instagram/live-media.ts';
import type { MetaClient } from './meta/client.ts';
import type { PlatformComment } from './platform-comment.ts';

/** What a poll reads of one broadcast, whatever the platform. All of it throws `MetaError`. */
export type BroadcastReader = {
	/** Whether pages are asked for oldest first; the platform need not comply (PLATFORMS 2.2). */
	readonly oldestFirst: boolean;
	/** Comments since a time (epoch ms; null: all), page by page, in no order that can be trusted. */
	read(options: {
		readonly since: number | null;
		readonly after: string | null;
		readonly signal: AbortSignal;
	}): AsyncGenerator<CommentPage, void, undefined>;
	/** Reads comments that came without an author again; those whose author is known now. */
	authors(rawIds: readonly string[], signal: AbortSignal): Promise<readonly PlatformComment[]>;
	/** `missing`: not among the account's broadcasts any more; one reading of that proves nothing. */
	status(signal: AbortSignal): Promise<'live' | 'ended' | 'missing' | 'unknown'>;
};

function facebookReader(client: MetaClient, channel: Channel, token: string): BroadcastReader {
	const { liveId, accountId: pageId } = channel;
	return {
		oldestFirst: true,
		read: (options) => readFacebookComments(client, { liveId, pageId, token, ...options }),
		authors: async (rawIds, signal) => [
			...(await lookUpAuthors(client, { pageId, token, rawIds, signal })).values()
		],
		status: async (signal) => {
			const { status } = await readLiveStatus(client, { liveId, token, signal });
			return status === 'scheduled' ? 'unknown' : status;
		}
	};
}

function instagramReader(
	client: MetaClient,
	channel: Channel,
	tokens: ConnectionTokens
): BroadcastReader {
	const { liveId: mediaId, accountId } = channel;
	return {
		oldestFirst: false,
		read: (options) =>
			readInstagramComments(client, { mediaId, accountId, token: tokens.token, ...options }),
		// A comment's author is named or withheld for good here.
		authors: () => Promise.resolve([]),
		status: async (signal) => {
			const token = tokens.userToken ?? tokens.token;
			const lives = await listLiveMedia(client, { accountId, token, signal });
			return lives.some((live) => live.mediaId === mediaId) ? 'live' : 'missing';
		}
	};
}

/** How to read the channel's broadcast; null where the login has no reads (PLATFORMS 1.10). */
export function broadcastReader(
	client: MetaClient,
	channel: Channel,
	connection: Connection,
	tokens: ConnectionTokens
): BroadcastReader | null {
	if (channel.platform === 'facebook') return facebookReader(client, channel, tokens.token);
	return connection.login === 'facebook' ? instagramReader(client, channel, tokens) : null;
}

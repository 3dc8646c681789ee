import { z } from 'zod';
import type { MetaClient } from '../meta/client.ts';
import { graphPath } from '../meta/client.ts';
import { platformId, platformTime } from '../platform-comment.ts';

/** A broadcast that is on air. */
export type FacebookLive = {
	readonly liveId: string;
	/** '' when the seller gave none. */
	readonly title: string;
	/** Epoch ms. */
	readonly startedAt: number | null;
	readonly viewers: number | null;
	/** The video of the broadcast: another id than the live's (PLATFORMS 2.7). */
	readonly videoId: string | null;
	/** A whole URL, for people. */
	readonly permalink: string | null;
	/** The id of the post that webhooks may name, guessed from the permalink (inference of PLATFORMS 2.5). */
	readonly postIdHint: string | null;
};

export type LiveStatus = 'live' | 'scheduled' | 'ended' | 'unknown';

export type LiveStatusReading = {
	readonly status: LiveStatus;
	/** The word that Meta used, for the log; '' for none. */
	readonly raw: string;
	readonly viewers: number | null;
};

const LIST_LIMIT = 25;

/** The BroadcastStatus words of PLATFORMS 2.1. Unpublished: the preview before going live. */
const STATUS_OF_WORD: Readonly<Record<string, LiveStatus>> = {
	LIVE: 'live',
	UNPUBLISHED: 'scheduled',
	SCHEDULED_UNPUBLISHED: 'scheduled',
	SCHEDULED_LIVE: 'scheduled',
	SCHEDULED_EXPIRED: 'ended',
	SCHEDULED_CANCELED: 'ended',
	LIVE_STOPPED: 'ended',
	PROCESSING: 'ended',
	VOD: 'ended'
};

/** What a BroadcastStatus word means; webhooks write it in lower case (PLATFORMS 2.5). */
export function liveStatusOf(word: string): LiveStatus {
	return STATUS_OF_WORD[word.toUpperCase()] ?? 'unknown';
}

const count = z.number().int().nonnegative().nullish().catch(null);
/** A BroadcastStatus word; '' for anything that is no such word. */
export const statusWord = z
	.string()
	.regex(/^\w{1,64}$/)
	.catch('');
const liveObject = z.object({
	id: platformId,
	status: statusWord,
	title: z.string().nullish().catch(null),
	live_views: count,
	broadcast_start_time: z.unknown().optional(),
	creation_time: z.unknown().optional(),
	permalink_url: z.string().nullish().catch(null),
	video: z.object({ id: platformId }).nullish().catch(null)
});
const listAnswer = z.object({ data: z.array(z.unknown()) });
const statusAnswer = z.object({ status: statusWord, live_views: count });

/**
 * The page's broadcasts that are on air now, newest first (PLATFORMS 2.1). Meta's own filter is not
 * trusted; an entry without an id is left out.
 * @throws MetaError
 */
export async function listLives(
	client: MetaClient,
	access: { readonly pageId: string; readonly token: string; readonly signal?: AbortSignal }
): Promise<readonly FacebookLive[]> {
	const answer = await client.request(
		{
			path: graphPath(access.pageId, 'live_videos'),
			token: access.token,
			query: {
				broadcast_status: '["LIVE"]',
				fields:
					'id,status,title,live_views,broadcast_start_time,creation_time,permalink_url,video{id}',
				source: 'owner',
				limit: String(LIST_LIMIT)
			},
			signal: access.signal
		},
		listAnswer
	);
	return answer.data.data
		.map((row) => liveObject.safeParse(row).data)
		.filter((live) => live !== undefined)
		.filter((live) => liveStatusOf(live.status) === 'live')
		.map((live) => ({
			liveId: live.id,
			title: live.title ?? '',
			startedAt: platformTime(live.broadcast_start_time) ?? platformTime(live.creation_time),
			viewers: live.live_views ?? null,
			videoId: live.video?.id ?? null,
			...readPermalink(live.permalink_url ?? '', access.pageId)
		}))
		.sort((one, other) => (other.startedAt ?? 0) - (one.startedAt ?? 0));
}

/** `/1093482904102/videos/10155832421501570/`, as Meta gives it: a path, or with the site before it. */
function readPermalink(
	text: string,
	pageId: string
): { readonly permalink: string | null; readonly postIdHint: string | null } {
	const path = text.replace(/^https:\/\/www\.facebook\.com(?=\/)/, '');
	if (!/^\/[\w.%~/?=&-]{1,1000}$/.test(path) || path.startsWith('//')) {
		return { permalink: null, postIdHint: null };
	}
	const ownPart = /\/(?:videos|posts)\/(?:[^/?]+\/)?(\d{1,25})\/?$/.exec(path)?.[1];
	return {
		permalink: `https://www.facebook.com${path}`,
		postIdHint: ownPart === undefined ? null : `${pageId}_${ownPart}`
	};
}

/**
 * Whether a broadcast is still on. Nothing but this may say that it ended: neither a count of viewers,
 * which lingers, nor an error of another read (PLATFORMS 2.1, 2.7).
 * @throws MetaError
 */
export async function readLiveStatus(
	client: MetaClient,
	access: { readonly liveId: string; readonly token: string; readonly signal?: AbortSignal }
): Promise<LiveStatusReading> {
	const { data } = await client.request(
		{
			path: graphPath(access.liveId),
			token: access.token,
			query: { fields: 'status,live_views' },
			signal: access.signal
		},
		statusAnswer
	);
	return { status: liveStatusOf(data.status), raw: data.status, viewers: data.live_views ?? null };
}

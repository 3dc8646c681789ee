import { z } from 'zod';
import type { MetaClient } from '../meta/client.ts';
import { graphPath } from '../meta/client.ts';
import { platformId, platformTime } from '../platform-comment.ts';

/** A live of an Instagram account that is on air. */
export type InstagramLive = {
	/** What webhooks name as `media.id`. */
	readonly mediaId: string;
	/** Epoch ms. */
	readonly startedAt: number | null;
	readonly username: string | null;
};

const listAnswer = z.object({ data: z.array(z.unknown()) });
const mediaObject = z.object({
	id: platformId,
	media_product_type: z.string().nullish().catch(null),
	timestamp: z.unknown().optional(),
	username: z.string().nullish().catch(null)
});

/**
 * The account's lives that are on air now, newest first; an empty list says that it is not live
 * (PLATFORMS 3.6). Only for accounts reached by Facebook Login; the documents ask for the user's token,
 * and the Page's is used in practice (unverified).
 * @throws MetaError
 */
export async function listLiveMedia(
	client: MetaClient,
	access: { readonly accountId: string; readonly token: string; readonly signal?: AbortSignal }
): Promise<readonly InstagramLive[]> {
	const { data } = await client.request(
		{
			path: graphPath(access.accountId, 'live_media'),
			token: access.token,
			query: { fields: 'id,media_product_type,timestamp,username' },
			signal: access.signal
		},
		listAnswer
	);
	return data.data
		.map((row) => mediaObject.safeParse(row).data)
		.filter((media) => media !== undefined)
		.filter(({ media_product_type }) => (media_product_type ?? 'LIVE') === 'LIVE')
		.map((media) => ({
			mediaId: media.id,
			startedAt: platformTime(media.timestamp),
			username: media.username ?? null
		}))
		.sort((one, other) => (other.startedAt ?? 0) - (one.startedAt ?? 0));
}

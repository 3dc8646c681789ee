import { z } from 'zod';
import { MAX_ID_TEXT, cleanText } from '../../domain/text.ts';

/** What every path (poll, stream, webhook) yields for one comment of a viewer, before any decision about it. */
export type PlatformComment = {
	readonly platform: 'facebook' | 'instagram';
	/** The identity that all paths agree on: Facebook `${pageId}_${own part}`, Instagram the comment's id. */
	readonly commentId: string;
	/** The id as this path gave it; a comment is read again by it. */
	readonly rawId: string;
	/** The platform's own time of the comment, epoch ms. Null: not told (Instagram's webhooks have none). */
	readonly postedAt: number | null;
	/** What orders it, epoch ms: `postedAt`, else when Meta sent it or we read it. */
	readonly orderAt: number;
	/** Null: the platform did not say who wrote it (PLATFORMS 2.3). Such a comment never claims. */
	readonly author: CommentAuthor | null;
	/** The seller's own page or account wrote it. */
	readonly fromPage: boolean;
	/** As written, uncut. '' for a comment without text (a sticker, a photo). */
	readonly text: string;
	/** Facebook: what stands before the last `_` of the raw id (it tells the post or the video). */
	readonly sourcePrefix: string | null;
};

export type CommentAuthor = { readonly id: string; readonly name: string };

/** Comments out of one answer, and how many entries of it were none (no usable id). */
export type CommentBatch = {
	readonly comments: readonly PlatformComment[];
	readonly malformed: number;
};

/** An id that can be kept: not empty, at most 200 characters, none of them a control character. */
export function isPlatformId(id: string): boolean {
	return id !== '' && id.trim() === id && id === cleanText(id, MAX_ID_TEXT) && !/[\t\n]/.test(id);
}

/**
 * An id out of foreign JSON as text. A number counts only while it is exact: beyond 2^53 its digits
 * are already lost, and the wrong id would merge two people.
 */
export const platformId = z
	.union([z.string(), z.number().int().nonnegative().transform(String)])
	.refine(isPlatformId, 'is not an id');

/**
 * One identity for a Facebook comment whatever path brought it: they differ in what they put before the
 * last `_` (PLATFORMS 2.5). The page's id keeps the comments of two pages apart.
 * @returns null for an id that names no comment
 */
export function facebookCommentId(pageId: string, rawId: string): string | null {
	if (!isPlatformId(rawId)) return null;
	const ownPart = rawId.slice(rawId.lastIndexOf('_') + 1);
	const commentId = `${pageId}_${ownPart}`;
	return ownPart !== '' && isPlatformId(commentId) ? commentId : null;
}

/** What stands before the last `_` of a Facebook id, if anything does. */
export function facebookIdPrefix(rawId: string): string | null {
	return rawId.slice(0, Math.max(0, rawId.lastIndexOf('_'))) || null;
}

const authorObject = z.object({
	id: platformId,
	name: z.string().optional().catch(undefined),
	username: z.string().optional().catch(undefined)
});
const commentObject = z.object({
	id: platformId,
	from: authorObject.nullish().catch(null),
	message: z.string().nullish().catch(null),
	text: z.string().nullish().catch(null),
	created_time: z.unknown().optional(),
	timestamp: z.unknown().optional()
});

/**
 * Reads a Facebook comment: a row of an answer, a frame of the stream, or a webhook's value with its
 * `comment_id` as `id` (PLATFORMS 2.2, 2.4, 2.5). Strange content costs its field, not the comment.
 * @param source the page that broadcasts, and what orders a comment without a time of its own (epoch ms)
 * @returns null when it has no id: such a thing can't be told from its next delivery
 */
export function parseFacebookComment(
	row: unknown,
	source: { readonly pageId: string; readonly seenAt: number }
): PlatformComment | null {
	const parsed = commentObject.safeParse(row);
	const commentId = parsed.success ? facebookCommentId(source.pageId, parsed.data.id) : null;
	if (!parsed.success || commentId === null) return null;
	const { id, from, message, created_time } = parsed.data;
	const postedAt = platformTime(created_time);
	return {
		platform: 'facebook',
		commentId,
		rawId: id,
		postedAt,
		orderAt: postedAt ?? source.seenAt,
		author: from ? { id: from.id, name: from.name ?? '' } : null,
		fromPage: from?.id === source.pageId,
		text: message ?? '',
		sourcePrefix: facebookIdPrefix(id)
	};
}

/**
 * Reads an Instagram comment: a row of an answer, or a webhook's value with its id as `id` (PLATFORMS 3.3,
 * 3.6). Otherwise as `parseFacebookComment`.
 * @param source the account that broadcasts: a comment is its own when `from.id` is this id (3.3)
 */
export function parseInstagramComment(
	row: unknown,
	source: { readonly accountId: string; readonly seenAt: number }
): PlatformComment | null {
	const parsed = commentObject.safeParse(row);
	if (!parsed.success) return null;
	const { id, from, text, timestamp } = parsed.data;
	const postedAt = platformTime(timestamp);
	return {
		platform: 'instagram',
		commentId: id,
		rawId: id,
		postedAt,
		orderAt: postedAt ?? source.seenAt,
		author: from ? { id: from.id, name: from.username ?? '' } : null,
		fromPage: from?.id === source.accountId,
		text: text ?? '',
		sourcePrefix: null
	};
}

/** Reads every row of an answer; what is no comment is counted. */
export function parseComments(
	rows: readonly unknown[],
	parse: (row: unknown) => PlatformComment | null
): CommentBatch {
	const comments = rows.map(parse).filter((comment) => comment !== null);
	return { comments, malformed: rows.length - comments.length };
}

/** The largest time that the rest of the system stores: the end of the year 9999. */
const MAX_TIME_MS = Date.UTC(10_000, 0) - 1;
/** Above this a Unix time is in milliseconds (PLATFORMS 3.3): as seconds it would lie in the year 33658. */
const FIRST_MS_TIME = 1e12;

/**
 * A time as Meta gives it: `2018-08-30T18:47:02+0000`, or Unix seconds or milliseconds (PLATFORMS 2.2,
 * 2.5, 3.3), as number or text.
 * @returns epoch ms, or null for anything else
 */
export function platformTime(value: unknown): number | null {
	if (typeof value === 'string' && !/^\d{1,16}$/.test(value)) {
		const iso = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d):?(\d\d)?$/.exec(value);
		if (!iso) return null;
		const zone = iso[2] === 'Z' ? 'Z' : `${iso[2]}:${iso[3] ?? '00'}`;
		return storableTime(Date.parse(`${iso[1]}${zone}`));
	}
	const number = typeof value === 'string' ? Number(value) : value;
	if (typeof number !== 'number') return null;
	return storableTime(Math.floor(number > FIRST_MS_TIME ? number : number * 1000));
}

function storableTime(ms: number): number | null {
	return ms > 0 && ms <= MAX_TIME_MS ? ms : null;
}

import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { commentAuthor, handleOf } from '../../domain/buyer.ts';
import type { LogPosition } from '../../domain/events.ts';
import { parseComment } from '../../domain/parse-comment.ts';
import type { IntentWords } from '../../domain/parse-comment.ts';
import { MAX_COMMENT_TEXT, MAX_ID_TEXT, MAX_NAME_TEXT, cleanText } from '../../domain/text.ts';
import { AppError } from '../errors.ts';
import { decodeCommentResult } from './comment-results.ts';
import type { CommentResult } from './comment-results.ts';
import { RecentMap } from './recent-map.ts';
import { MAX_KNOWN_SHOWS } from './script-runner.ts';
import type { ScriptRunner, ShowScript } from './script-runner.ts';

export const COMMENT_SCRIPT = {
	name: 'comment',
	keys: ['meta', 'comments', 'items', 'claims', 'queue', 'events', 'live', 'blocked']
} as const satisfies ShowScript;

/** A platform's opaque id. Longer or empty ones are refused: cutting an id would merge two people. */
const opaqueId = z
	.string()
	.min(1)
	.max(MAX_ID_TEXT)
	.refine((id) => id === cleanText(id, MAX_ID_TEXT), 'must not hold control characters');

/**
 * The end of the year 9999: Postgres reads no ISO time of more than four digits for the year, and an
 * event that can't be stored would hold up every later one. It also finds microseconds sent by mistake.
 */
const MAX_POSTED_AT = Date.UTC(10_000, 0) - 1;

/** A comment as a channel delivers it, before it is cleaned. */
export const incomingCommentSchema = z.object({
	platform: z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/),
	liveId: opaqueId,
	/** Null or absent for a source without comment ids: then a hash stands in for it. */
	commentId: opaqueId.nullish(),
	/** Null when the platform does not name the author: the comment is logged and never claims. */
	userId: opaqueId.nullable(),
	/** Written by the seller's own page or account: logged, never claims. */
	fromPage: z.boolean().default(false),
	userHandle: z.string().transform((handle) => cleanText(handle, MAX_NAME_TEXT)),
	userDisplayName: z
		.string()
		.transform((name) => cleanText(name, MAX_NAME_TEXT))
		.nullish(),
	text: z.string(),
	/** Platform time, epoch milliseconds. */
	postedAt: z.number().int().nonnegative().max(MAX_POSTED_AT).nullish()
});

export type IncomingComment = z.input<typeof incomingCommentSchema>;

export type CommentReply = CommentResult & {
	/** The comment was seen before: the result is the first one, and nothing changed. */
	readonly replay: boolean;
	/** The show's position after the call. */
	readonly at: LogPosition;
};

export function commentKey(platform: string, commentId: string): string {
	return `${platform}:${commentId}`;
}

/**
 * The identity of a comment from a source without comment ids (DESIGN §3): a hash of platform, live
 * id, user id, text and platform time.
 */
function hashedCommentId(comment: z.output<typeof incomingCommentSchema>): string {
	const facts = [comment.platform, comment.liveId, comment.userId, comment.text, comment.postedAt];
	return `h-${createHash('sha256').update(JSON.stringify(facts)).digest('base64url')}`;
}

/** Who wrote it, as the log names them. An author whom nobody knows has no handle and no name. */
function authorOf(comment: z.output<typeof incomingCommentSchema>) {
	const { platform, userId, fromPage, userHandle, userDisplayName = null } = comment;
	if (userId === null) return { platform, userId, handle: '', displayName: null, fromPage };
	const author = { userId, handle: userHandle, displayName: userDisplayName };
	return { ...author, platform, fromPage, handle: handleOf(author) };
}
/** Hears of each comment, for metrics. */
export type CommentObserver = {
	/** `outcome`: as `CommentResult`, or `duplicate_comment`. */
	readonly commentTaken: (platform: string, outcome: string) => void;
	/** `error`: what whoever brought the comment gets. */
	readonly commentRefused: (error: unknown) => void;
};

/** Takes comments in: cleans, parses and runs them through `lua/comment.lua`, one call each. */
export class CommentIntake {
	readonly #runner: ScriptRunner;
	/** The words of each show as last heard of. Only a guess: the script refuses stale ones. */
	readonly #words = new RecentMap<IntentWords>(MAX_KNOWN_SHOWS);

	readonly #observer: CommentObserver | null;

	constructor(runner: ScriptRunner, observer: CommentObserver | null = null) {
		this.#runner = runner;
		this.#observer = observer;
	}

	/**
	 * Logs a comment and lets it claim or pass. A second delivery returns the first result.
	 * Throws `INVALID_INPUT`, `SHOW_NOT_FOUND`, `SHOW_NOT_LIVE`, `UNAVAILABLE`.
	 */
	async take(showId: string, incoming: IncomingComment): Promise<CommentReply> {
		try {
			const reply = await this.#take(showId, incoming);
			this.#observer?.commentTaken(
				incoming.platform,
				reply.replay ? 'duplicate_comment' : reply.outcome
			);
			return reply;
		} catch (error) {
			this.#observer?.commentRefused(error);
			throw error;
		}
	}

	async #take(showId: string, incoming: IncomingComment): Promise<CommentReply> {
		const parsed = incomingCommentSchema.safeParse(incoming);
		if (!parsed.success) {
			throw new AppError('INVALID_INPUT', { message: z.prettifyError(parsed.error) });
		}
		const comment = parsed.data;
		const commentId = comment.commentId ?? hashedCommentId(comment);
		const author = authorOf(comment);
		const buyer = commentAuthor(author);
		const text = cleanText(comment.text, MAX_COMMENT_TEXT);
		const { platform, userId, handle, displayName, fromPage } = author;
		const authorJson = JSON.stringify({ platform, userId, handle, displayName });
		const restJson = JSON.stringify({
			liveId: comment.liveId,
			commentId,
			postedAt: comment.postedAt ?? null,
			fromPage,
			text
		});
		// One JSON object in two parts, the first of which serves as the buyer of a claim too (lua/comment.lua).
		const authorPart = authorJson.slice(0, -1);
		const restPart = `,${restJson.slice(1, -1)}`;
		const key = commentKey(comment.platform, commentId);

		for (;;) {
			const words = this.#words.get(showId);
			const intent = words ? parseComment(text, words) : null;
			const reply = await this.#runner.call(COMMENT_SCRIPT, showId, [
				key,
				authorPart,
				restPart,
				intent?.kind ?? '',
				intent?.item ?? '',
				words?.claimWord ?? '',
				words?.passWord ?? '',
				buyer?.key ?? '',
				randomUUID()
			]);
			switch (reply.code) {
				case 'STALE_WORDS':
					this.#words.set(showId, wordsSchema.parse(JSON.parse(reply.detail)));
					continue;
				case 'SHOW_NOT_LIVE':
					throw new AppError('SHOW_NOT_LIVE');
				default:
					return {
						...decodeCommentResult(reply.detail),
						replay: reply.code === 'duplicate_comment',
						at: reply.position
					};
			}
		}
	}
}

const wordsSchema = z.object({ claimWord: z.string(), passWord: z.string() });

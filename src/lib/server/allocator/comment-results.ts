import { z } from 'zod';
import { COMMENT_OUTCOMES } from '../../domain/events.ts';
import type { CommentOutcome } from '../../domain/events.ts';
import { showKey } from '../redis/keys.ts';
import type { RedisClient } from '../redis/run-script.ts';

export type CommentResult = {
	/** The comment's place in the log. */
	readonly seq: number;
	readonly outcome: CommentOutcome;
	readonly item: string | null;
	readonly claimId: string | null;
	readonly position: number | null;
};

const outcomeSchema = z.enum(COMMENT_OUTCOMES);
const resultSchema = z.union([
	z
		.tuple([z.number().int(), outcomeSchema])
		.transform(([seq, outcome]) => ({ seq, outcome, item: null, claimId: null, position: null })),
	z
		.tuple([
			z.number().int(),
			outcomeSchema,
			z.string(),
			z.string().nullable(),
			z.number().int().nullable()
		])
		.transform(([seq, outcome, item, claimId, position]) => ({
			seq,
			outcome,
			item,
			claimId,
			position
		}))
]);

/** The first result of a comment as the `comments` hash keeps it (see lua/comment.lua). */
export function encodeCommentResult(result: CommentResult): string {
	return JSON.stringify(
		result.item === null
			? [result.seq, result.outcome]
			: [result.seq, result.outcome, result.item, result.claimId, result.position]
	);
}

/** Reads what `encodeCommentResult` wrote. Throws `ZodError` or `SyntaxError` for anything else. */
export function decodeCommentResult(json: string): CommentResult {
	return resultSchema.parse(JSON.parse(json));
}

/** The first results of those comments (`platform:commentId`) that the show has logged. */
export async function readFirstResults(
	redis: RedisClient,
	showId: string,
	commentKeys: readonly string[]
): Promise<Map<string, CommentResult>> {
	const results = new Map<string, CommentResult>();
	if (commentKeys.length === 0) return results;
	const stored = await redis.hmget(showKey(showId, 'comments'), ...commentKeys);
	for (const [index, key] of commentKeys.entries()) {
		const json = stored[index];
		if (json) results.set(key, decodeCommentResult(json));
	}
	return results;
}

import { z } from 'zod';
import { incomingCommentSchema } from '../allocator/comment.ts';
import type { CommentIntake } from '../allocator/comment.ts';
import { AppError } from '../errors.ts';
import { failpoint } from '../failpoints.ts';
import type { Logger } from '../observability/logger.ts';
import { showKey } from '../redis/keys.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { Waiting } from './inbox-turns.ts';
import type { ChannelObserver } from './observer.ts';

export type FeedOptions = {
	readonly redis: RedisClient;
	readonly comments: Pick<CommentIntake, 'take'>;
	readonly logger: Logger;
	readonly observer?: ChannelObserver;
};

const storedComment = incomingCommentSchema.extend({ commentId: z.string() });

/** Order key of the last comment of a live that was fed. */
const lastField = (live: string): string => `last:${live}`;

/**
 * Feeds the allocator one comment after the other, since the order in which its script runs is the order
 * (DESIGN §3), and removes them from the inbox. Throws `UNAVAILABLE`; those behind the one that failed
 * wait on.
 */
export async function feedComments(
	options: FeedOptions,
	showId: string,
	chunk: readonly Waiting[]
): Promise<void> {
	const { redis } = options;
	const intake = showKey(showId, 'intake');
	const lives = [...new Set(chunk.map(({ live }) => live))];
	const known = await redis.hmget(intake, ...lives.map(lastField));
	const last = new Map(lives.map((live, index) => [live, known[index] ?? '']));
	let late = 0;
	const fed: string[] = [];
	try {
		for (const { key, json, live, orderKey } of chunk) {
			await takeComment(options, showId, json);
			fed.push(key);
			if (orderKey < (last.get(live) ?? '')) late++;
			else last.set(live, orderKey);
		}
	} finally {
		if (fed.length > 0) {
			const positions = [...last].map(([live, key]) => [lastField(live), key]);
			await redis.hset(intake, ...positions.flat());
			if (late > 0) await redis.hincrby(intake, 'late', late);
			failpoint('inbox-fed');
			// Last: until here a crash only has them fed again, and they are recognised.
			await redis.hdel(showKey(showId, 'inbox'), ...fed);
		}
	}
}

async function takeComment(
	{ comments, logger, observer }: FeedOptions,
	showId: string,
	json: string
): Promise<void> {
	try {
		const stored: unknown = JSON.parse(json);
		const comment = storedComment.safeParse(stored).data;
		if (!comment) throw new AppError('INVALID_INPUT');
		const { replay } = await comments.take(showId, comment);
		const { platform, postedAt } = comment;
		if (!replay && typeof postedAt === 'number') observer?.commentFed(platform, postedAt);
	} catch (error) {
		if (!(error instanceof AppError)) throw error;
		// The show is over: what its viewers write now counts no more.
		if (error.code === 'SHOW_NOT_LIVE') return;
		if (error.code !== 'INVALID_INPUT') throw error;
		// One comment must not keep the others waiting for ever.
		logger.warn({ showId }, 'a comment that no log can hold is dropped');
	}
}

import { isSameEvent, startsCall } from '../../domain/events.ts';
import type { ShowEvent } from '../../domain/events.ts';
import type { IncomingComment } from '../allocator/comment.ts';
import { readEventsOf } from '../allocator/event-stream.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../observability/logger.ts';
import { forkedKey, showKey } from '../redis/keys.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { Db } from './database.ts';
import { readPersistedEvents } from './event-log.ts';

const PAGE_EVENTS = 1_000;

export type RetakeOptions = {
	readonly db: Db;
	readonly redis: RedisClient;
	readonly logger: Logger;
	/** Takes a comment in; one that is known already changes nothing. */
	readonly retake: (showId: string, comment: IncomingComment) => Promise<unknown>;
};

/**
 * Takes what only a log knew that was put aside (lua/restore-commit.lua): its comments, in their order,
 * claim and wait behind what Postgres has. What operators did in it can't be repeated for them: it is
 * counted in the error log. Throws when Redis or Postgres is away: the log then stays aside, and the sweep
 * comes back to it (jobs/sweep.ts). Two at once do no harm.
 */
export async function retakeForked(
	options: RetakeOptions,
	showId: string,
	epoch: string
): Promise<void> {
	const { redis, logger, retake } = options;
	const key = forkedKey(showId, epoch);
	const counts = { comments: 0, refused: 0, actions: 0 };
	for (let fromSeq = 1; ;) {
		const events = await readEventsOf(redis, key, fromSeq, PAGE_EVENTS);
		for (const event of await withoutPersisted(options.db, showId, events)) {
			if (event.type === 'comment.received') {
				counts.comments++;
				if (!(await isTaken(() => retake(showId, asIncoming(event.data))))) counts.refused++;
			} else if (startsCall(event)) {
				counts.actions++;
			}
		}
		const last = events.at(-1);
		if (!last || events.length < PAGE_EVENTS) break;
		fromSeq = last.seq + 1;
	}
	await redis.unlink(key);
	await redis.srem(showKey(showId, 'aside'), epoch);
	if (counts.comments + counts.actions === 0) return;
	logger.error(
		{ showId, epoch, ...counts },
		'Redis had gone on from an old state; its comments were taken in again, its actions are lost'
	);
}

/** Names of the show's logs that lie aside: each the epoch of the rebuild that put it there. */
export async function logsAside(redis: RedisClient, showId: string): Promise<string[]> {
	return await redis.smembers(showKey(showId, 'aside'));
}

/** Events, oldest first, that Postgres does not have, or has otherwise. */
async function withoutPersisted(
	db: Db,
	showId: string,
	events: readonly ShowEvent[]
): Promise<ShowEvent[]> {
	const first = events[0];
	if (!first) return [];
	const stored = await readPersistedEvents(db, showId, first.seq, events.length);
	const bySeq = new Map(stored.map((event) => [event.seq, event]));
	return events.filter((event) => {
		const persisted = bySeq.get(event.seq);
		return !persisted || !isSameEvent(event, persisted);
	});
}

/** A show that has ended meanwhile takes no comments; what is away is the caller's to wait for. */
async function isTaken(take: () => Promise<unknown>): Promise<boolean> {
	try {
		await take();
		return true;
	} catch (error) {
		if (error instanceof AppError && error.code !== 'UNAVAILABLE') return false;
		throw error;
	}
}

function asIncoming(
	data: Extract<ShowEvent, { type: 'comment.received' }>['data']
): IncomingComment {
	const { platform, liveId, commentId, userId, fromPage, text, postedAt } = data;
	const names = { userHandle: data.handle, userDisplayName: data.displayName };
	return { platform, liveId, commentId, userId, fromPage, text, postedAt, ...names };
}

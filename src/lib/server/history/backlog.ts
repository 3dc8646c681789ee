import pLimit from 'p-limit';
import type { ShowStatus } from '../../domain/events.ts';
import { readEvents } from '../allocator/event-stream.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { Db } from './database.ts';
import { readLiveLog } from './live-log.ts';

/** Shows that are on and looked at; those that changed last. */
const MAX_SHOWS = 1_000;
/** Reads of Redis at the same time. */
const CONCURRENCY = 20;

export type Backlog = {
	/** Shows that are on, by status as Postgres has it. */
	readonly shows: Readonly<Record<Exclude<ShowStatus, 'draft' | 'ended'>, number>>;
	/** Events in Redis that Postgres does not have, over all of these shows. */
	readonly events: number;
	/** Age of the oldest of them in seconds, by the clock of Redis; 0 for none. */
	readonly seconds: number;
};

/** How far Postgres is behind Redis. */
export async function readBacklog(db: Db, redis: RedisClient): Promise<Backlog> {
	const rows = await db
		.selectFrom('shows')
		.select(['id', 'status', 'last_seq'])
		.where('status', 'in', ['active', 'paused'])
		.orderBy('updated_at', 'desc')
		.limit(MAX_SHOWS)
		.execute();
	const limit = pLimit(CONCURRENCY);
	const lags = await Promise.all(
		rows.map(({ id, last_seq }) => limit(() => lagOf(redis, id, Number(last_seq))))
	);
	const oldest = Math.min(...lags.map(({ oldestAt }) => oldestAt));
	return {
		shows: {
			active: rows.filter(({ status }) => status === 'active').length,
			paused: rows.filter(({ status }) => status === 'paused').length
		},
		events: lags.reduce((sum, { events }) => sum + events, 0),
		seconds: Number.isFinite(oldest) ? Math.max(0, ((await redisNow(redis)) - oldest) / 1_000) : 0
	};
}

/** `oldestAt`: epoch ms of the first event that Postgres lacks; Infinity for none. */
async function lagOf(
	redis: RedisClient,
	showId: string,
	cursor: number
): Promise<{ readonly events: number; readonly oldestAt: number }> {
	const live = await readLiveLog(redis, showId);
	if (!live || live.seq <= cursor) return { events: 0, oldestAt: Infinity };
	const [first] = await readEvents(redis, showId, cursor + 1, 1);
	return { events: live.seq - cursor, oldestAt: first?.at ?? Infinity };
}

/** Epoch ms. */
async function redisNow(redis: RedisClient): Promise<number> {
	const [seconds, micros] = await redis.time();
	return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}

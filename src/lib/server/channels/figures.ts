import { showKey } from '../redis/keys.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { Channel } from './channel-store.ts';
import { PATHS } from './inbox.ts';
import type { Path } from './inbox.ts';
import { readPollState } from './poll-state.ts';
import { streamField } from './streams.ts';

/** What the paths of a channel brought. */
export type ChannelFigures = {
	/** Distinct comments that any path brought. */
	readonly comments: number;
	/** Of these, how many each path brought; what it alone would have missed is the rest. */
	readonly byPath: Readonly<Record<Path, number>>;
	/** Epoch ms; null before the first poll. */
	readonly polledAt: number | null;
	/** When the next poll is due, epoch ms; null: not before somebody does something. */
	readonly nextPollAt: number | null;
	readonly streamOpen: boolean;
};

/** Figures of a show's intake as a whole. */
export type IntakeFigures = {
	/** Comments that wait for their turn. */
	readonly waiting: number;
	/** Comments that came too late to be put in their place: an earlier one was fed before them. */
	readonly late: number;
};

/** Counters are kept as long as Redis holds the show. */
export async function channelFigures(
	redis: RedisClient,
	channel: Pick<Channel, 'id' | 'showId'>
): Promise<ChannelFigures> {
	const { id, showId } = channel;
	const paths: readonly Path[] = ['poll', 'stream', 'webhook'];
	const [comments, stream, ...counts] = await redis.hmget(
		showKey(showId, 'intake'),
		`${id}:seen`,
		streamField(id),
		...paths.map((path) => `${id}:path:${PATHS[path]}`)
	);
	const state = await readPollState(redis, showId, id);
	const [poll = 0, fromStream = 0, webhook = 0] = counts.map(Number);
	return {
		comments: Number(comments ?? 0),
		byPath: { poll, stream: fromStream, webhook },
		polledAt: state.polledAt,
		nextPollAt: state.nextAt,
		streamOpen: stream === 'open'
	};
}

export async function intakeFigures(redis: RedisClient, showId: string): Promise<IntakeFigures> {
	return {
		waiting: await redis.hlen(showKey(showId, 'inbox')),
		late: Number((await redis.hget(showKey(showId, 'intake'), 'late')) ?? 0)
	};
}

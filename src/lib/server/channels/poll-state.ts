import { z } from 'zod';
import { showKey } from '../redis/keys.ts';
import type { RedisClient } from '../redis/run-script.ts';

/** Where a channel's polling stands. Kept in Redis beside the show, so any worker goes on with it. */
const pollStateSchema = z.object({
	/** Epoch of the show that the cursor belongs to: after a rebuild everything is read again. */
	epoch: z.string(),
	/** The cursor: newest platform time that a complete read has seen, epoch ms. Null: from the start. */
	since: z.number().nullable(),
	/** Where a read that met the page cap goes on. */
	after: z.string().nullable(),
	/** When to poll next, epoch ms; null: not before the connection has another token. */
	nextAt: z.number().nullable(),
	/** When the newest poll succeeded, epoch ms. */
	polledAt: z.number().nullable(),
	/** Polls in a row that failed, and that brought nothing new. */
	failures: z.number().int(),
	quiet: z.number().int(),
	/** When the overlap was last a long one, and the broadcast's status was read. */
	deepAt: z.number(),
	statusAt: z.number(),
	/** Status reads in a row that no longer found the broadcast. */
	missing: z.number().int(),
	/** Version of the token that died; another one is worth a try. */
	deadTokenVersion: z.number().int().nullable()
});

export type PollState = z.output<typeof pollStateSchema>;

export const FIRST_POLL: PollState = {
	epoch: '',
	since: null,
	after: null,
	nextAt: 0,
	polledAt: null,
	failures: 0,
	quiet: 0,
	deepAt: 0,
	statusAt: 0,
	missing: 0,
	deadTokenVersion: null
};

const field = (channelId: string): string => `${channelId}:poll`;

export async function readPollState(
	redis: RedisClient,
	showId: string,
	channelId: string
): Promise<PollState> {
	const text = await redis.hget(showKey(showId, 'intake'), field(channelId));
	if (text === null) return FIRST_POLL;
	return pollStateSchema.catch(FIRST_POLL).parse(JSON.parse(text));
}

export async function writePollState(
	redis: RedisClient,
	showId: string,
	channelId: string,
	state: PollState
): Promise<void> {
	await redis.hset(showKey(showId, 'intake'), field(channelId), JSON.stringify(state));
}

/** The show's epoch as Redis has it; '' when Redis does not hold the show. */
export async function showEpoch(redis: RedisClient, showId: string): Promise<string> {
	return (await redis.hget(showKey(showId, 'meta'), 'epoch')) ?? '';
}

const OVERLAP_MS = 5_000;
/** A comment may become visible late; now and then we look further back. */
const DEEP_OVERLAP_MS = 120_000;
const DEEP_EVERY_MS = 60_000;

/**
 * From when the next read is to start, epoch ms; null for all of the broadcast. The cursor's second is
 * read again in any case: platform times have no finer grain (PLATFORMS 2.2).
 */
export function readFrom(
	state: PollState,
	now: number
): { readonly since: number | null; readonly deep: boolean } {
	if (state.since === null) return { since: null, deep: true };
	const deep = now - state.deepAt >= DEEP_EVERY_MS;
	return { since: state.since - (deep ? DEEP_OVERLAP_MS : OVERLAP_MS), deep };
}

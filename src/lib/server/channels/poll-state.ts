import { z } from 'zod';
import { showKey } from '../redis/keys.ts';
import type { RedisClient } from '../redis/run-script.ts';

/** Where a channel's polling stands. Kept in Redis beside the show, so any worker goes on with it. */
const pollStateSchema = z.object({
	/** Epoch of the show that the cursor belongs to: after a rebuild everything is read again. */
	epoch: z.string(),
	/** The cursor: newest platform time that a complete read has seen, epoch ms. Null: from the start. */
	since: z.number().nullable(),
	/** A read that met the page cap goes on behind this cursor, with the `since` that the cursor is for. */
	rest: z.object({ after: z.string(), since: z.number().nullable() }).nullable(),
	/** When to poll next, epoch ms; null: not before the connection has another token, or is started anew. */
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
	/** The token that died (`tokenName`); another one is worth a try. */
	deadToken: z.string().nullable()
});

export type PollState = z.output<typeof pollStateSchema>;

export const FIRST_POLL: PollState = {
	epoch: '',
	since: null,
	rest: null,
	nextAt: 0,
	polledAt: null,
	failures: 0,
	quiet: 0,
	deepAt: 0,
	statusAt: 0,
	missing: 0,
	deadToken: null
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

/** Names a connection's token without telling it. */
export function tokenName(connectionId: string, version: number): string {
	return `${connectionId}:${version}`;
}

/** A channel that starts is polled, whatever its last poll came to; a platform's pause goes on. */
export async function startPolling(
	redis: RedisClient,
	{ showId, id }: { readonly showId: string; readonly id: string }
): Promise<void> {
	const state = await readPollState(redis, showId, id);
	if (state.nextAt !== null) return;
	await writePollState(redis, showId, id, { ...state, nextAt: 0 });
}

/** The show's epoch as Redis has it; '' when Redis does not hold the show. */
export async function showEpoch(redis: RedisClient, showId: string): Promise<string> {
	return (await redis.hget(showKey(showId, 'meta'), 'epoch')) ?? '';
}

const OVERLAP_MS = 5_000;
/** A comment may become visible late; now and then we look further back. */
const DEEP_OVERLAP_MS = 120_000;
const DEEP_EVERY_MS = 60_000;

/** What a read begins with, and whether it is one of those that look far back. */
export type ReadPlan = {
	/** Epoch ms; null reads the whole broadcast. */
	readonly since: number | null;
	/** Cursor behind which a read of this `since` goes on. */
	readonly after: string | null;
	readonly deep: boolean;
};

/**
 * What the next read is to begin with. The cursor's second is read again in any case: platform times
 * have no finer grain (PLATFORMS 2.2). `showStartedAt` (epoch ms) is where the first read begins.
 */
export function planRead(
	state: PollState,
	{ now, showStartedAt }: { readonly now: number; readonly showStartedAt: number | null }
): ReadPlan {
	if (state.rest !== null) return { ...state.rest, deep: false };
	if (state.since === null) return { since: showStartedAt, after: null, deep: true };
	const deep = now - state.deepAt >= DEEP_EVERY_MS;
	return { since: state.since - (deep ? DEEP_OVERLAP_MS : OVERLAP_MS), after: null, deep };
}

import type { BroadcastReader } from './broadcast-reader.ts';
import { findChannel } from './channel-store.ts';
import type { Channel } from './channel-store.ts';
import type { Connection, ConnectionTokens } from './connection.ts';
import { channelFault } from './faults.ts';
import type { ChannelReport } from './intake.ts';
import { isListening } from './listening-channels.ts';
import { MetaError } from './meta/errors.ts';
import type { MetaErrorKind } from './meta/errors.ts';
import type { PollOptions } from './poll.ts';
import { readBroadcast } from './poll-read.ts';
import { tokenName } from './poll-state.ts';
import type { PollState } from './poll-state.ts';

/** A channel at its poll: what it is read with, and by whom. */
export type Polling = PollOptions & {
	readonly channel: Channel;
	readonly reader: BroadcastReader;
	readonly connection: Connection;
	readonly tokens: ConnectionTokens;
	readonly signal: AbortSignal;
};

/** Comments may no longer be readable once the live is over (PLATFORMS 3.6); nothing more is to be had. */
const UNREADABLE: readonly MetaErrorKind[] = ['not_found', 'unknown_id', 'bad_request'];

/**
 * The broadcast is over: takes a last look at everything, for what became visible late or was missed by
 * every path, feeds what waits, and ends the channel. Throws `MetaError` when that look may yet succeed
 * later; then the channel goes on.
 */
export async function endBroadcast(poll: Polling): Promise<void> {
	const { channel, intake } = poll;
	const since = channel.showStartedAt?.getTime() ?? null;
	try {
		await readBroadcast(poll, { since, after: null });
	} catch (error) {
		if (!(error instanceof MetaError) || !UNREADABLE.includes(error.kind)) throw error;
	}
	await intake.drain(channel.showId, { take: 'all' });
	await poll.onEnded(channel);
}

/**
 * Tells the operator how the channel stands, unless it was stopped or its show ended while it was polled:
 * that was the last word then.
 */
export async function reportStanding(
	{ db, intake, channel }: Polling,
	report: ChannelReport
): Promise<void> {
	const current = await findChannel(db, channel.id);
	if (current && isListening(current)) await intake.report(current, report);
}

/** Tells the operator what a failed poll means (faults.ts) and says when to try again. */
export async function afterFailure(
	poll: Polling,
	state: PollState,
	error: MetaError
): Promise<PollState> {
	const { channel, intake, logger, connection, tokens } = poll;
	const failures = state.failures + 1;
	const fault = channelFault(error, failures);
	const { kind, code, subcode, status } = error;
	logger.warn({ channelId: channel.id, kind, code, subcode, status, failures }, 'a poll failed');
	if (fault.checkStatus && (await hasEnded(poll))) return { ...state, nextAt: null };
	// A passing disturbance is not shown; the channel stands as it stood.
	if (fault.status !== 'connected') {
		const { reason, detail } = fault;
		await reportStanding(poll, { status: fault.status, reason, detail });
	}
	if (fault.tokenDied) await poll.onTokenDied(connection, error);
	// What the pages before the failure brought waits for no more than the order window.
	await intake.drain(channel.showId);
	return {
		...state,
		failures,
		nextAt: fault.retryMs === null ? null : Date.now() + fault.retryMs,
		deadToken: fault.tokenDied ? tokenName(connection.id, tokens.version) : state.deadToken
	};
}

/** Nothing but the broadcast's own status may say that it is over (PLATFORMS 2.7). */
async function hasEnded(poll: Polling): Promise<boolean> {
	try {
		if ((await poll.reader.status(poll.signal)) !== 'ended') return false;
		await endBroadcast(poll);
		return true;
	} catch (error) {
		if (!(error instanceof MetaError)) throw error;
		return false;
	}
}

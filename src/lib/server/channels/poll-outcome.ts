import type { Logger } from '../observability/logger.ts';
import type { BroadcastReader } from './broadcast-reader.ts';
import type { Channel } from './channel-store.ts';
import type { Connection, ConnectionTokens } from './connection-store.ts';
import { channelFault } from './faults.ts';
import type { ChannelIntake } from './intake.ts';
import { MetaError } from './meta/errors.ts';
import type { PollState } from './poll-state.ts';

type Ending = {
	readonly intake: ChannelIntake;
	/** The broadcast is over: reading ends here. */
	readonly onEnded: (channel: Channel) => Promise<void>;
};

export type FailedPoll = Ending & {
	readonly channel: Channel;
	readonly reader: BroadcastReader;
	readonly connection: Connection;
	readonly tokens: ConnectionTokens;
	readonly signal: AbortSignal;
	readonly logger: Logger;
	/** The platform no longer takes the connection's token. */
	readonly onTokenDied: (connection: Connection, error: MetaError) => Promise<void>;
};

/** Feeds what waits, and ends the channel. */
export async function endBroadcast({ intake, onEnded }: Ending, channel: Channel): Promise<void> {
	await intake.drain(channel.showId, { take: 'all' });
	await onEnded(channel);
}

/** Tells the operator what a failed poll means (faults.ts) and says when to try again. */
export async function afterFailure(
	poll: FailedPoll,
	state: PollState,
	error: MetaError
): Promise<PollState> {
	const { channel, intake, logger, connection, tokens } = poll;
	const failures = state.failures + 1;
	const fault = channelFault(error, failures);
	const { kind, code, subcode, status } = error;
	logger.warn({ channelId: channel.id, kind, code, subcode, status, failures }, 'a poll failed');
	if (fault.checkStatus && (await isOver(poll))) {
		await endBroadcast(poll, channel);
		return { ...state, nextAt: null };
	}
	// A passing disturbance is not shown; the channel stands as it stood.
	if (fault.status !== 'connected') {
		const { reason, detail } = fault;
		await intake.report(channel, { status: fault.status, reason, detail });
	}
	if (fault.tokenDied) await poll.onTokenDied(connection, error);
	// What the pages before the failure brought waits for no more than the order window.
	await intake.drain(channel.showId);
	return {
		...state,
		failures,
		nextAt: fault.retryMs === null ? null : Date.now() + fault.retryMs,
		deadTokenVersion: fault.tokenDied ? tokens.version : state.deadTokenVersion
	};
}

/** Nothing but the broadcast's own status may say that it is over (PLATFORMS 2.7). */
async function isOver({ reader, signal }: FailedPoll): Promise<boolean> {
	try {
		return (await reader.status(signal)) === 'ended';
	} catch (error) {
		if (!(error instanceof MetaError)) throw error;
		return false;
	}
}

import type { ChannelReason, ChannelStatus, ChannelStatusChanged } from '../../domain/events.ts';
import type { Tone } from '../../ui/tone.ts';
import type { ChannelRow } from './show-channels.svelte.ts';

/** `quiet`: all is well as far as we know, but nothing proves it. */
export type ChannelMood = 'good' | 'quiet' | 'warn' | 'bad' | 'off';

export const MOOD_TONES: Record<ChannelMood, Tone> = {
	good: 'free',
	quiet: 'neutral',
	warn: 'part',
	bad: 'sold',
	off: 'off'
};

/** How a channel stands, in words. */
export type ChannelStanding = {
	readonly mood: ChannelMood;
	/** A word or two, for a badge. */
	readonly label: string;
	/** What that means and what to do: the server's own sentence where there is one. */
	readonly sentence: string;
};

type Live = Pick<ChannelStatusChanged, 'status' | 'reason' | 'detail'>;

const BY_STATUS: Record<ChannelStatus, ChannelStanding> = {
	connecting: {
		mood: 'quiet',
		label: 'Connecting',
		sentence: 'The broadcast is being opened.'
	},
	connected: {
		mood: 'good',
		label: 'Connected',
		sentence: 'Comments are read as they are written.'
	},
	degraded: {
		mood: 'warn',
		label: 'Unsteady',
		sentence: 'Reading has trouble. We keep trying, and read what was missed.'
	},
	disconnected: { mood: 'bad', label: 'Down', sentence: 'No comments are read.' },
	ended: { mood: 'off', label: 'Ended', sentence: 'Nothing more is read.' }
};

/** Where the reason says more than the status. */
const BY_REASON: Partial<Record<`${ChannelStatus} ${ChannelReason}`, ChannelStanding>> = {
	'degraded throttled': {
		mood: 'warn',
		label: 'Slowed',
		sentence: 'The platform limits how often we may ask. Comments come later, none is lost.'
	},
	'degraded permission': {
		mood: 'warn',
		label: 'Not allowed',
		sentence: 'A permission is missing. Connect the account again and grant everything.'
	},
	'degraded not_found': {
		mood: 'warn',
		label: 'Not found',
		sentence: 'The platform no longer shows this broadcast. We keep looking.'
	},
	'disconnected needs_reauth': {
		mood: 'bad',
		label: 'Reconnect',
		sentence: 'The platform no longer accepts our access. Connect the account again.'
	},
	'disconnected not_found': {
		mood: 'bad',
		label: 'Not found',
		sentence: 'The platform knows no such broadcast. Add the right one.'
	},
	'disconnected stopped': {
		mood: 'off',
		label: 'Stopped',
		sentence: 'Nobody listens. Listen again, and what was written meanwhile is read.'
	},
	'ended live_ended': {
		mood: 'off',
		label: 'Ended',
		sentence: 'The broadcast is over. Everything that was written in it has been read.'
	},
	'ended show_ended': { mood: 'off', label: 'Ended', sentence: 'The show is over.' }
};

/** How a channel stands by what the show's state says of it. */
export function liveStanding({ status, reason, detail }: Live): ChannelStanding {
	const known = reason === null ? undefined : BY_REASON[`${status} ${reason}`];
	const standing = known ?? BY_STATUS[status];
	return detail === null ? standing : { ...standing, sentence: detail };
}

/**
 * How a channel stands by its row and the show's state; that says nothing of a channel before the show is
 * on. What the operator decided counts more than a report that was still on its way.
 */
export function channelStanding(
	phase: ChannelRow['phase'],
	live: Live | undefined
): ChannelStanding {
	switch (phase) {
		case 'waiting':
			return { mood: 'quiet', label: 'Waiting', sentence: 'Starts with the show.' };
		case 'stopped':
			return liveStanding({ status: 'disconnected', reason: 'stopped', detail: null });
		case 'closed':
			return live?.status === 'ended' ? liveStanding(live) : BY_STATUS.ended;
		case 'listening':
			return live ? liveStanding(live) : BY_STATUS.connecting;
	}
}

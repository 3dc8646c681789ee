import type { ChannelStatus, ChannelStatusChanged } from '../domain/events.ts';
import { stopwatch } from '../ui/format.ts';
import { platformName } from './platforms.ts';

/** How a channel is doing, for its badge. */
export type ChannelHealth = {
	/** `quiet`: all is well as far as we know, but nothing proves it. */
	readonly mood: 'good' | 'quiet' | 'bad' | 'off';
	readonly label: string;
	/** How long ago the last comment came, null when it says nothing. */
	readonly age: string | null;
	readonly title: string;
};

const LABELS: Record<ChannelStatus, string> = {
	connecting: 'Connecting',
	connected: 'Connected',
	degraded: 'Unsteady',
	disconnected: 'Down',
	ended: 'Ended'
};
const MOODS: Record<ChannelStatus, ChannelHealth['mood']> = {
	connecting: 'quiet',
	connected: 'good',
	degraded: 'bad',
	disconnected: 'bad',
	ended: 'off'
};

/** `12s`, `3:20`, `1:03:20` */
function ageOf(ms: number): string {
	return ms < 60_000 ? `${Math.max(0, Math.round(ms / 1000))}s` : stopwatch(ms).replace(/^0/, '');
}

/** `lastCommentAt` and `now` in epoch ms. */
export function channelHealth(
	channel: ChannelStatusChanged,
	lastCommentAt: number | null,
	now: number
): ChannelHealth {
	const { status, platform, detail } = channel;
	const age = lastCommentAt === null || status === 'ended' ? null : ageOf(now - lastCommentAt);
	const last = age === null ? 'No comment yet.' : `Last comment ${age} ago.`;
	const fault = detail === null ? '' : ` ${detail}`;
	return {
		mood: MOODS[status],
		label: LABELS[status],
		age,
		title:
			`${platformName(platform)}: ${LABELS[status].toLowerCase()}. ${status === 'ended' ? '' : last}${fault}`.trim()
	};
}

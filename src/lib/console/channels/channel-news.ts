import type { ChannelStatusChanged } from '../../domain/events.ts';
import type { Login } from './show-channels.svelte.ts';

/** What an operator must hear of the channels of a show that is on. */
export type ChannelNews = {
	/** Access was lost: nothing is read until the account is connected again. */
	readonly lost: readonly ChannelStatusChanged[];
	/** Their broadcast is over. */
	readonly over: readonly ChannelStatusChanged[];
	/** How many channels are read, or would be were it not for a fault. */
	readonly reading: number;
};

export function channelNews(channels: readonly ChannelStatusChanged[]): ChannelNews {
	const isRead = ({ status, reason }: ChannelStatusChanged) =>
		status !== 'ended' && reason !== 'stopped';
	return {
		lost: channels.filter(
			({ status, reason }) => status === 'disconnected' && reason === 'needs_reauth'
		),
		over: channels.filter(({ status, reason }) => status === 'ended' && reason === 'live_ended'),
		reading: channels.filter(isRead).length
	};
}

/**
 * What becomes of comments that are written while access is lost. Facebook keeps them with the video;
 * Instagram shows those of a live only while it is on (PLATFORMS 3.6), and to Instagram Login never (1.10).
 * `login`: null while it is unknown.
 */
export function gapWords(platform: string, login: Login | null): string {
	if (platform !== 'instagram') {
		return 'Nothing is lost: what is written meanwhile is read after reconnecting.';
	}
	return login === 'instagram'
		? 'What is written meanwhile can’t be read later with this login, so reconnect soon.'
		: 'Nothing is lost if you reconnect before the broadcast ends: what is written meanwhile is read then.';
}

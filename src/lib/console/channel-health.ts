import { shortSpan } from './channels/spans.ts';
import { liveStanding } from './channels/standing.ts';
import type { ChannelMood } from './channels/standing.ts';
import type { ChannelStatusChanged } from '../domain/events.ts';
import { platformName } from './platforms.ts';

/** How a channel is doing, for its badge. */
export type ChannelHealth = {
	readonly mood: ChannelMood;
	readonly label: string;
	/** How long ago the last comment came, null when it says nothing. */
	readonly age: string | null;
	readonly title: string;
};

/** `lastCommentAt` and `now` in epoch ms. `accountName`: whose broadcast it is, null while unknown. */
export function channelHealth(
	channel: ChannelStatusChanged,
	lastCommentAt: number | null,
	now: number,
	accountName: string | null = null
): ChannelHealth {
	const { mood, label } = liveStanding(channel);
	const isOn = mood !== 'off';
	const age = lastCommentAt === null || !isOn ? null : shortSpan(now - lastCommentAt);
	const platform = platformName(channel.platform);
	const sentences = [
		`${accountName === null ? platform : `${platform} · ${accountName}`}: ${label.toLowerCase()}.`,
		...(isOn ? [age === null ? 'No comment yet.' : `Last comment ${age} ago.`] : []),
		...(channel.detail === null ? [] : [channel.detail])
	];
	return { mood, label, age, title: sentences.join(' ') };
}

import { channelsOfShow } from '../channels/channel-store.ts';
import type { Channel } from '../channels/channel-store.ts';
import { channelFigures, intakeFigures } from '../channels/figures.ts';
import type { ChannelFigures, IntakeFigures } from '../channels/figures.ts';
import { watchedConnections } from '../channels/watch-store.ts';
import type { ScopedShow } from '../history/queries/scope.ts';
import type { ApiServices } from './services.ts';

/** A channel of a show, as pages show it. How it stands live is in the show's state, by its id. */
export type ChannelRow = {
	readonly id: string;
	readonly platform: 'facebook' | 'instagram';
	readonly connectionId: string | null;
	readonly accountName: string;
	readonly liveId: string;
	readonly title: string | null;
	/** `stopped` by the operator, `closed`: broadcast or show are over. */
	readonly phase: 'waiting' | 'listening' | 'stopped' | 'closed';
	readonly figures: ChannelFigures;
};

export type ShowChannels = {
	readonly channels: readonly ChannelRow[];
	readonly intake: IntakeFigures;
	/** Connections whose next broadcast the show takes up by itself. */
	readonly watched: readonly string[];
};

function phaseOf({ stoppedAt, closedAt, showStatus }: Channel): ChannelRow['phase'] {
	if (closedAt) return 'closed';
	if (stoppedAt) return 'stopped';
	return showStatus === 'draft' ? 'waiting' : showStatus === 'ended' ? 'closed' : 'listening';
}

/** The channels of a show. */
export async function showChannels(
	services: Pick<ApiServices, 'db' | 'redis'>,
	show: ScopedShow
): Promise<ShowChannels> {
	const { db, redis } = services;
	const channels = await channelsOfShow(db, show.id);
	const rows = channels.map(async (channel): Promise<ChannelRow> => ({
		id: channel.id,
		platform: channel.platform,
		connectionId: channel.connectionId,
		accountName: channel.accountName,
		liveId: channel.liveId,
		title: channel.title,
		phase: phaseOf(channel),
		figures: await channelFigures(redis, channel)
	}));
	return {
		channels: await Promise.all(rows),
		intake: await intakeFigures(redis, show.id),
		watched: await watchedConnections(db, show.id)
	};
}

import type { Db } from '../history/database.ts';
import type { LivePlatform } from '../history/tables/channels.ts';
import { showKey } from '../redis/keys.ts';
import type { RedisClient } from '../redis/run-script.ts';
import { selectChannels } from './channel-store.ts';
import type { Channel } from './channel-store.ts';

/** Whether comments of the channel are read now. */
export function isListening(channel: Channel): boolean {
	const { showStatus, stoppedAt, closedAt } = channel;
	return !stoppedAt && !closedAt && (showStatus === 'active' || showStatus === 'paused');
}

/** Every channel that is to be read now, of all workspaces. */
export async function listeningChannels(db: Db): Promise<Channel[]> {
	return await selectChannels(db)
		.where('channel_sources.closed_at', 'is', null)
		.where('channel_sources.stopped_at', 'is', null)
		.where('shows.status', 'in', ['active', 'paused'])
		.orderBy('channel_sources.created_at')
		.execute();
}

/**
 * The channels of an account that listen now: those that its webhooks may be for. Whether a show is on is
 * asked of Redis: Postgres hears of it a moment later, and a webhook comes but once. A workspace that
 * disconnected the account gets nothing any more, although another one's connection keeps the webhooks
 * coming.
 */
export async function channelsOfAccount(
	{ db, redis }: { readonly db: Db; readonly redis: RedisClient },
	platform: LivePlatform,
	accountId: string
): Promise<Channel[]> {
	const channels = await openChannelsOfAccount(db, platform, accountId);
	const statuses = await Promise.all(
		channels.map(({ showId }) => redis.hget(showKey(showId, 'meta'), 'status'))
	);
	return channels.filter(({ showStatus }, index) => {
		// Redis does not hold a show that nobody touched yet, or that it lost.
		const status = statuses[index] ?? showStatus;
		return status === 'active' || status === 'paused';
	});
}

async function openChannelsOfAccount(
	db: Db,
	platform: LivePlatform,
	accountId: string
): Promise<Channel[]> {
	return await selectChannels(db)
		.where('channel_sources.closed_at', 'is', null)
		.where('channel_sources.stopped_at', 'is', null)
		.where('channel_sources.platform', '=', platform)
		.where('channel_sources.connection_id', 'is not', null)
		.where((eb) =>
			eb.or([
				eb('channel_sources.account_id', '=', accountId),
				eb(
					'channel_sources.connection_id',
					'in',
					eb.selectFrom('connections').select('id').where('alternate_id', '=', accountId)
				)
			])
		)
		.execute();
}

/** Channels whose show is over and that were not closed yet. */
export async function channelsOfEndedShows(db: Db): Promise<Channel[]> {
	return await selectChannels(db)
		.where('channel_sources.closed_at', 'is', null)
		.where('shows.status', '=', 'ended')
		.execute();
}

/** Listens again to the channels of shows whose end was taken back. */
export async function resumeReopenedShows(db: Db): Promise<void> {
	await db
		.updateTable('channel_sources')
		.from('shows')
		.set({ closed_at: null, close_reason: null })
		.whereRef('shows.id', '=', 'channel_sources.show_id')
		.where('channel_sources.close_reason', '=', 'show_ended')
		.where('shows.status', 'in', ['active', 'paused'])
		.execute();
}

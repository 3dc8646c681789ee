import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { ShowStatus } from '../../domain/events.ts';
import { AppError } from '../errors.ts';
import type { Database, Db } from '../history/database.ts';
import type { LivePlatform } from '../history/tables/channels.ts';

/** A channel as those who listen to it see it. */
export type Channel = {
	readonly id: string;
	readonly showId: string;
	readonly workspaceId: string;
	readonly connectionId: string | null;
	readonly platform: LivePlatform;
	readonly accountId: string;
	readonly accountName: string;
	readonly liveId: string;
	readonly videoId: string | null;
	readonly title: string | null;
	readonly showStatus: ShowStatus;
	/** When the show went live; what was written before does not count. */
	readonly showStartedAt: Date | null;
	/** Seconds between two polls, if the show or its workspace chose. */
	readonly pollSeconds: number | null;
	readonly stoppedAt: Date | null;
	readonly closedAt: Date | null;
};

/** Channels with what their show and its workspace say. */
export function selectChannels(db: Kysely<Database>) {
	return db
		.selectFrom('channel_sources')
		.innerJoin('shows', 'shows.id', 'channel_sources.show_id')
		.innerJoin('workspaces', 'workspaces.id', 'shows.workspace_id')
		.select([
			'channel_sources.id',
			'channel_sources.show_id as showId',
			'shows.workspace_id as workspaceId',
			'channel_sources.connection_id as connectionId',
			'channel_sources.platform',
			'channel_sources.account_id as accountId',
			'channel_sources.account_name as accountName',
			'channel_sources.live_id as liveId',
			'channel_sources.video_id as videoId',
			'channel_sources.title',
			'shows.status as showStatus',
			'shows.started_at as showStartedAt',
			'channel_sources.stopped_at as stoppedAt',
			'channel_sources.closed_at as closedAt'
		])
		.select((eb) =>
			eb.fn.coalesce('shows.poll_seconds', 'workspaces.poll_seconds').as('pollSeconds')
		);
}

export async function channelsOfShow(db: Db, showId: string): Promise<Channel[]> {
	return await selectChannels(db)
		.where('channel_sources.show_id', '=', showId)
		.orderBy('channel_sources.created_at')
		.execute();
}

/** Null for a channel that does not exist. */
export async function findChannel(db: Db, channelId: string): Promise<Channel | null> {
	const row = await selectChannels(db)
		.where('channel_sources.id', '=', channelId)
		.executeTakeFirst();
	return row ?? null;
}

export type NewChannel = {
	readonly showId: string;
	readonly connectionId: string;
	readonly platform: LivePlatform;
	readonly accountId: string;
	readonly accountName: string;
	readonly liveId: string;
	readonly videoId: string | null;
	readonly title: string | null;
};

/**
 * Binds a broadcast to a show, or takes a stopped or closed channel of the same broadcast up again.
 * Throws `LIVE_IN_USE` when another show of the workspace that is on listens to it: both would sell to
 * the same comments.
 */
export async function addChannel(db: Db, channel: NewChannel): Promise<string> {
	return await db.transaction().execute(async (tx) => {
		const other = await selectChannels(tx)
			.where('channel_sources.platform', '=', channel.platform)
			.where('channel_sources.live_id', '=', channel.liveId)
			.where('channel_sources.show_id', '<>', channel.showId)
			.where('channel_sources.closed_at', 'is', null)
			.where('channel_sources.stopped_at', 'is', null)
			.where('shows.status', '<>', 'ended')
			.where(
				'shows.workspace_id',
				'=',
				tx.selectFrom('shows').select('workspace_id').where('id', '=', channel.showId)
			)
			.executeTakeFirst();
		if (other) throw new AppError('LIVE_IN_USE', { details: { showId: other.showId } });
		const row = await tx
			.insertInto('channel_sources')
			.values({
				id: randomUUID(),
				show_id: channel.showId,
				connection_id: channel.connectionId,
				platform: channel.platform,
				account_id: channel.accountId,
				account_name: channel.accountName,
				live_id: channel.liveId,
				video_id: channel.videoId,
				title: channel.title
			})
			.onConflict((conflict) =>
				conflict.columns(['show_id', 'platform', 'live_id']).doUpdateSet({
					connection_id: channel.connectionId,
					account_name: channel.accountName,
					title: channel.title,
					stopped_at: null,
					closed_at: null,
					close_reason: null
				})
			)
			.returning('id')
			.executeTakeFirstOrThrow();
		return row.id;
	});
}

export async function stopChannel(db: Db, channelId: string): Promise<void> {
	await db
		.updateTable('channel_sources')
		.set({ stopped_at: new Date() })
		.where('id', '=', channelId)
		.execute();
}

/** Listens again to a channel that was stopped or closed. */
export async function restartChannel(db: Db, channelId: string): Promise<void> {
	await db
		.updateTable('channel_sources')
		.set({ stopped_at: null, closed_at: null, close_reason: null })
		.where('id', '=', channelId)
		.execute();
}

/** The broadcast or the show is over. */
export async function closeChannel(
	db: Db,
	channelId: string,
	reason: 'live_ended' | 'show_ended'
): Promise<void> {
	await db
		.updateTable('channel_sources')
		.set({ closed_at: new Date(), close_reason: reason })
		.where('id', '=', channelId)
		.execute();
}

/** Channels of an account that was disconnected go on with its new connection, where they stopped. */
export async function adoptChannels(
	db: Kysely<Database>,
	connection: {
		readonly id: string;
		readonly workspaceId: string;
		readonly platform: LivePlatform;
		readonly accountId: string;
	}
): Promise<void> {
	await db
		.updateTable('channel_sources')
		.from('shows')
		.set({ connection_id: connection.id })
		.whereRef('shows.id', '=', 'channel_sources.show_id')
		.where('shows.workspace_id', '=', connection.workspaceId)
		.where('channel_sources.platform', '=', connection.platform)
		.where('channel_sources.account_id', '=', connection.accountId)
		.where('channel_sources.connection_id', 'is', null)
		.execute();
}

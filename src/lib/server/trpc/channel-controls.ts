import {
	addChannel,
	channelsOfShow,
	findChannel,
	restartChannel,
	stopChannel
} from '../channels/channel-store.ts';
import type { Channel } from '../channels/channel-store.ts';
import type { Connection } from '../channels/connection-store.ts';
import type { FoundLive } from '../channels/discovery.ts';
import { channelFigures, intakeFigures } from '../channels/figures.ts';
import type { ChannelFigures, IntakeFigures } from '../channels/figures.ts';
import { addWatch, removeWatch, watchedConnections } from '../channels/watch-store.ts';
import { AppError } from '../errors.ts';
import { recordAudit } from '../history/audit.ts';
import type { ScopedShow } from '../history/queries/scope.ts';
import type { MetaServices } from '../jobs/meta-channels.ts';
import type { ConnectionControls } from './connection-controls.ts';
import { askingPlatform, platformRefusal } from './platform-errors.ts';
import type { ApiServices } from './services.ts';

type Services = Pick<ApiServices, 'meta' | 'db' | 'redis'>;

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

/** What an account broadcasts now, or why that can't be told. */
export type AccountLives = {
	readonly connectionId: string;
	readonly platform: 'facebook' | 'instagram';
	readonly accountName: string;
	/** Whether the platform lists broadcasts for this login; else they appear with their first comment. */
	readonly listed: boolean;
	readonly lives: readonly FoundLive[];
	readonly problem: { readonly code: string; readonly message: string } | null;
};

function phaseOf({ stoppedAt, closedAt, showStatus }: Channel): ChannelRow['phase'] {
	if (closedAt) return 'closed';
	if (stoppedAt) return 'stopped';
	return showStatus === 'draft' ? 'waiting' : showStatus === 'ended' ? 'closed' : 'listening';
}

/** The channels of a show. */
export async function showChannels(services: Services, show: ScopedShow): Promise<ShowChannels> {
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

/** What an operator may do to the channels of one show. */
export class ChannelControls {
	readonly #services: Services;
	readonly #show: ScopedShow;
	readonly #connections: ConnectionControls;
	readonly #actor: string;

	constructor(
		services: Services,
		show: ScopedShow,
		{ connections, actor }: { readonly connections: ConnectionControls; readonly actor: string }
	) {
		this.#services = services;
		this.#show = show;
		this.#connections = connections;
		this.#actor = actor;
	}

	/** What every connected account broadcasts now. An account that can't be asked says why. */
	async discover(): Promise<AccountLives[]> {
		const connections = await this.#connections.list();
		return await Promise.all(connections.map((connection) => this.#livesOf(connection)));
	}

	/** Listens to a broadcast: one that was found, by its id, or a pasted id or link. Returns the channel's id. */
	async add(connectionId: string, reference: string): Promise<string> {
		const { discovery, jobs } = this.#meta();
		const { db } = this.#services;
		const connection = await this.#connections.find(connectionId);
		const live = await askingPlatform(discovery.resolve(connection, reference));
		const channelId = await addChannel(db, {
			showId: this.#show.id,
			connectionId,
			platform: live.platform,
			accountId: connection.accountId,
			accountName: connection.accountName,
			liveId: live.liveId,
			videoId: live.videoId,
			title: live.title
		});
		await this.#audit('channel.added', live.platform, live.accountName, live.liveId);
		await jobs.reconcileSoon();
		return channelId;
	}

	/** Reads no more of it until it is started again; then what was written meanwhile is read. */
	async stop(channelId: string): Promise<void> {
		const { intake, jobs } = this.#meta();
		const channel = await this.#find(channelId);
		await stopChannel(this.#services.db, channelId);
		if (channel.showStatus !== 'draft') {
			await intake.report(channel, { status: 'disconnected', reason: 'stopped', detail: null });
		}
		await this.#audit('channel.stopped', channel.platform, channel.accountName, channel.liveId);
		await jobs.reconcileSoon();
	}

	async restart(channelId: string): Promise<void> {
		const { intake, jobs } = this.#meta();
		const channel = await this.#find(channelId);
		await restartChannel(this.#services.db, channelId);
		if (channel.showStatus === 'active' || channel.showStatus === 'paused') {
			await intake.report(channel, { status: 'connecting', reason: null, detail: null });
		}
		await this.#audit('channel.restarted', channel.platform, channel.accountName, channel.liveId);
		await jobs.reconcileSoon();
	}

	/** Whether the show takes up whatever the account broadcasts next. */
	async watch(connectionId: string, watching: boolean): Promise<void> {
		const { db } = this.#services;
		const { jobs } = this.#meta();
		const connection = await this.#connections.find(connectionId);
		if (watching) await addWatch(db, this.#show.id, connection.id);
		else await removeWatch(db, this.#show.id, connection.id);
		await jobs.reconcileSoon();
	}

	async #livesOf(connection: Connection): Promise<AccountLives> {
		const about = {
			connectionId: connection.id,
			platform: connection.platform,
			accountName: connection.accountName,
			listed: connection.login === 'facebook'
		};
		try {
			const lives = await this.#meta().discovery.lives(connection);
			return { ...about, lives, problem: null };
		} catch (error) {
			const refusal = platformRefusal(error);
			if (!refusal) throw error;
			const { code, message } = refusal;
			return { ...about, lives: [], problem: { code, message } };
		}
	}

	async #find(channelId: string): Promise<Channel> {
		const channel = await findChannel(this.#services.db, channelId);
		if (channel?.showId !== this.#show.id) throw new AppError('CHANNEL_NOT_FOUND');
		return channel;
	}

	#meta(): MetaServices {
		const { meta } = this.#services;
		if (!meta) throw new AppError('META_NOT_CONFIGURED');
		return meta;
	}

	async #audit(
		action: string,
		platform: string,
		accountName: string,
		liveId: string
	): Promise<void> {
		await recordAudit(this.#services.db, {
			workspaceId: this.#show.workspaceId,
			showId: this.#show.id,
			actor: this.#actor,
			action,
			target: `${platform} ${accountName}`,
			details: { platform, liveId }
		});
	}
}

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
import type { Receipt } from '../channels/webhook-receiver.ts';
import { addWatch, removeWatch } from '../channels/watch-store.ts';
import { AppError } from '../errors.ts';
import { recordAudit } from '../history/audit.ts';
import type { ScopedShow } from '../history/queries/scope.ts';
import type { MetaServices } from '../jobs/meta-channels.ts';
import type { ConnectionControls } from './connection-controls.ts';
import { newInstagramId, simulateInstagramWebhook } from './instagram-webhook.ts';
import { askingPlatform, platformRefusal } from './platform-errors.ts';
import type { ApiServices } from './services.ts';

type Services = Pick<ApiServices, 'meta' | 'db'>;

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
		await recordAudit(db, {
			workspaceId: this.#show.workspaceId,
			showId: this.#show.id,
			actor: this.#actor,
			action: watching ? 'channel.watched' : 'channel.unwatched',
			target: `${connection.platform} ${connection.accountName}`,
			details: { platform: connection.platform }
		});
		await jobs.reconcileSoon();
	}

	/** As if Instagram had delivered the comment (debug procedures only). */
	async simulateInstagramComment(about: {
		readonly channelId?: string | undefined;
		readonly text: string;
		readonly userId: string;
		readonly username: string;
		readonly commentId?: string | undefined;
	}): Promise<{ readonly commentId: string; readonly receipt: Receipt }> {
		const { settings, receiver } = this.#meta();
		const channels = await channelsOfShow(this.#services.db, this.#show.id);
		const channel = channels.find(
			({ id, platform }) =>
				platform === 'instagram' && (about.channelId === undefined || id === about.channelId)
		);
		if (!channel) throw new AppError('CHANNEL_NOT_FOUND');
		const commentId = about.commentId ?? newInstagramId();
		const { raw, signature } = simulateInstagramWebhook(settings, {
			accountId: channel.accountId,
			liveId: channel.liveId,
			commentId,
			userId: about.userId,
			username: about.username,
			text: about.text
		});
		const receipt = await receiver.receive(signature, () => Promise.resolve(raw));
		return { commentId, receipt };
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

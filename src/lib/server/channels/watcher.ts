import { AppError } from '../errors.ts';
import type { Db } from '../history/database.ts';
import type { LivePlatform } from '../history/tables/channels.ts';
import type { Logger } from '../observability/logger.ts';
import type { RedisClient } from '../redis/run-script.ts';
import { addChannel } from './channel-store.ts';
import type { Connection, ConnectionStore } from './connection-store.ts';
import type { FoundLive, LiveDiscovery } from './discovery.ts';
import { MetaError } from './meta/errors.ts';

export type WatcherOptions = {
	readonly db: Db;
	readonly redis: RedisClient;
	readonly connections: ConnectionStore;
	readonly discovery: LiveDiscovery;
	readonly logger: Logger;
};

type Watch = { readonly showId: string; readonly connectionId: string };

/** How often an account that shows wait for is asked for its broadcasts; its webhook is faster. */
const ASK_EVERY_MS = 20_000;

/** Binds broadcasts to the shows that wait for their account to go live. */
export class ChannelWatcher {
	readonly #options: WatcherOptions;

	constructor(options: WatcherOptions) {
		this.#options = options;
	}

	/**
	 * Asks the accounts that shows wait for, each at most once in 20 s over all workers. Returns whether a
	 * broadcast was bound to a show.
	 */
	async run(): Promise<boolean> {
		let bound = false;
		const watches = await this.#openWatches();
		for (const connectionId of new Set(watches.map((watch) => watch.connectionId))) {
			const connection = await this.#options.connections.find(connectionId);
			if (!connection || connection.health === 'needs_reauth') continue;
			if (!(await this.#isTimeToAsk(connectionId))) continue;
			const shows = watches.filter((watch) => watch.connectionId === connectionId);
			const [live] = await this.#lives(connection);
			if (live) bound = (await this.#bind(connection, live, shows)) || bound;
		}
		return bound;
	}

	/** The platform told of a live: binds it at once. Returns whether a show was waiting for it. */
	async wentLive(platform: LivePlatform, accountId: string, liveId: string): Promise<boolean> {
		const watches = await this.#openWatches();
		let bound = false;
		for (const connection of await this.#options.connections.ofAccount(platform, accountId)) {
			const shows = watches.filter((watch) => watch.connectionId === connection.id);
			if (shows.length === 0) continue;
			const lives = await this.#lives(connection);
			const live = lives.find((found) => found.liveId === liveId);
			if (live) bound = (await this.#bind(connection, live, shows)) || bound;
		}
		return bound;
	}

	/** Watches of shows that are on and have no channel of the account yet. */
	async #openWatches(): Promise<Watch[]> {
		return await this.#options.db
			.selectFrom('channel_watches')
			.innerJoin('shows', 'shows.id', 'channel_watches.show_id')
			.select([
				'channel_watches.show_id as showId',
				'channel_watches.connection_id as connectionId'
			])
			.where('shows.status', 'in', ['active', 'paused'])
			.where((eb) =>
				eb.not(
					eb.exists(
						eb
							.selectFrom('channel_sources')
							.select('channel_sources.id')
							.whereRef('channel_sources.show_id', '=', 'channel_watches.show_id')
							.whereRef('channel_sources.connection_id', '=', 'channel_watches.connection_id')
							.where('channel_sources.closed_at', 'is', null)
					)
				)
			)
			.execute();
	}

	async #isTimeToAsk(connectionId: string): Promise<boolean> {
		const key = `sellary:watch:${connectionId}`;
		return (await this.#options.redis.set(key, '1', 'PX', ASK_EVERY_MS, 'NX')) === 'OK';
	}

	async #lives(connection: Connection): Promise<FoundLive[]> {
		try {
			return await this.#options.discovery.lives(connection);
		} catch (error) {
			// Whatever is wrong with this account, the others are asked; its own health says what it is.
			if (!isOfConnection(error)) throw error;
			this.#options.logger.info({ err: error, connectionId: connection.id }, 'no lives to be had');
			return [];
		}
	}

	async #bind(connection: Connection, live: FoundLive, shows: readonly Watch[]): Promise<boolean> {
		let bound = false;
		for (const { showId } of shows) {
			try {
				await addChannel(this.#options.db, {
					showId,
					connectionId: connection.id,
					platform: live.platform,
					accountId: connection.accountId,
					accountName: connection.accountName,
					liveId: live.liveId,
					videoId: live.videoId,
					title: live.title
				});
				bound = true;
			} catch (error) {
				if (!(error instanceof AppError) || error.code !== 'LIVE_IN_USE') throw error;
			}
		}
		return bound;
	}
}

/** Refused by the platform, or disconnected meanwhile. */
function isOfConnection(error: unknown): boolean {
	return error instanceof MetaError || error instanceof AppError;
}

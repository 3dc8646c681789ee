import { AppError } from '../errors.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { Connection, ConnectionStore } from './connection-store.ts';
import { listLives } from './facebook/lives.ts';
import { listLiveMedia } from './instagram/live-media.ts';
import { parseLiveReference } from './live-reference.ts';
import type { MetaClient } from './meta/client.ts';
import { seenLives } from './seen-lives.ts';

/** A broadcast that a show can listen to. */
export type FoundLive = {
	readonly connectionId: string;
	readonly platform: 'facebook' | 'instagram';
	readonly accountName: string;
	readonly liveId: string;
	readonly videoId: string | null;
	readonly title: string | null;
	/** Epoch ms. */
	readonly startedAt: number | null;
	readonly viewers: number | null;
	readonly permalink: string | null;
	/** Noticed by its comments; the platform itself lists no lives for this login. */
	readonly noticed: boolean;
};

export type DiscoveryOptions = {
	readonly client: MetaClient;
	readonly connections: ConnectionStore;
	readonly redis: RedisClient;
};

/** Finds the broadcasts of connected accounts. Throws `MetaError`. */
export class LiveDiscovery {
	readonly #options: DiscoveryOptions;

	constructor(options: DiscoveryOptions) {
		this.#options = options;
	}

	/** What the account broadcasts now, newest first. */
	async lives(connection: Connection, signal?: AbortSignal): Promise<FoundLive[]> {
		if (connection.login === 'instagram') return await this.#noticed(connection);
		const { client, connections } = this.#options;
		const { accountId } = connection;
		const tokens = await connections.openTokens(connection.id);
		const common = {
			connectionId: connection.id,
			platform: connection.platform,
			accountName: connection.accountName,
			noticed: false
		};
		if (connection.platform === 'facebook') {
			const access = { pageId: accountId, token: tokens.token, ...(signal ? { signal } : {}) };
			return (await listLives(client, access)).map((live) => ({
				...common,
				liveId: live.liveId,
				videoId: live.videoId,
				title: live.title || null,
				startedAt: live.startedAt,
				viewers: live.viewers,
				permalink: live.permalink
			}));
		}
		const token = tokens.userToken ?? tokens.token;
		const media = await listLiveMedia(client, { accountId, token, ...(signal ? { signal } : {}) });
		return media.map(({ mediaId, startedAt }) => ({
			...common,
			liveId: mediaId,
			videoId: null,
			title: null,
			startedAt,
			viewers: null,
			permalink: null
		}));
	}

	/**
	 * The broadcast that a pasted id or link means. Only its id is used; what was pasted is never fetched.
	 * Throws `INVALID_INPUT` for anything else, `LIVE_NOT_FOUND` when the account does not broadcast it now.
	 */
	async resolve(connection: Connection, pasted: string, signal?: AbortSignal): Promise<FoundLive> {
		const reference = parseLiveReference(pasted);
		if (reference.kind === 'refused') {
			throw new AppError('INVALID_INPUT', {
				message: reference.why,
				details: { fields: { reference: [reference.why] } }
			});
		}
		const id = reference.kind === 'id' ? reference.id : reference.videoId;
		const live = (await this.lives(connection, signal)).find(
			({ liveId, videoId, permalink }) =>
				liveId === id || videoId === id || numberOf(permalink) === id
		);
		if (live) return live;
		// With Instagram Login nothing lists what is on: an id is taken as it is.
		if (connection.login === 'instagram' && reference.kind === 'id') {
			return noticedLive(connection, id, null);
		}
		throw new AppError('LIVE_NOT_FOUND');
	}

	async #noticed(connection: Connection): Promise<FoundLive[]> {
		const seen = await seenLives(this.#options.redis, connection.accountId);
		return seen.map(({ liveId, firstAt }) => noticedLive(connection, liveId, firstAt));
	}
}

function noticedLive(connection: Connection, liveId: string, startedAt: number | null): FoundLive {
	return {
		connectionId: connection.id,
		platform: connection.platform,
		accountName: connection.accountName,
		liveId,
		videoId: null,
		title: null,
		startedAt,
		viewers: null,
		permalink: null,
		noticed: true
	};
}

/** The number at the end of a broadcast's link: a third id, which people copy (PLATFORMS 2.7). */
function numberOf(permalink: string | null): string | null {
	return /\/(\d+)\/?$/.exec(permalink ?? '')?.[1] ?? null;
}

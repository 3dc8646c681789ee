import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../history/database.ts';
import type { Logger } from '../observability/logger.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { LuaScript } from '../redis/script-loader.ts';
import { broadcastReader } from './broadcast-reader.ts';
import type { Channel } from './channel-store.ts';
import type { ConnectionStore } from './connection-store.ts';
import type { Connection, ConnectionTokens } from './connection.ts';
import type { ChannelIntake, ChannelReport } from './intake.ts';
import { Lease } from './lease.ts';
import { isListening } from './listening-channels.ts';
import type { MetaClient } from './meta/client.ts';
import { MetaError } from './meta/errors.ts';
import { MIN_PAUSE_MS } from './pace.ts';
import type { ChannelObserver } from './observer.ts';
import { pollBroadcast } from './poll-broadcast.ts';
import { afterFailure } from './poll-outcome.ts';
import { readPollState, tokenName, writePollState } from './poll-state.ts';
import type { PollState } from './poll-state.ts';

export type PollOptions = {
	readonly db: Db;
	readonly redis: RedisClient;
	readonly scripts: ReadonlyMap<string, LuaScript>;
	readonly client: MetaClient;
	readonly connections: ConnectionStore;
	readonly intake: ChannelIntake;
	readonly logger: Logger;
	readonly observer?: ChannelObserver;
	/** The broadcast is over: reading ends here. */
	readonly onEnded: (channel: Channel) => Promise<void>;
	/** The platform no longer takes the connection's token. */
	readonly onTokenDied: (connection: Connection, error: MetaError) => Promise<void>;
};

export type PollWhen = { readonly when?: 'due' | 'now'; readonly checkStatus?: boolean };

/** Who asks for a poll waits so long for one that is under way: it may have read what has changed since. */
const LOOK_PATIENCE_MS = 5_000;
const LOOK_RETRY_MS = 100;
const CONNECTION_GONE =
	'The account was disconnected. Connect it again to go on; what was written meanwhile is read then.';

const NO_WEBHOOKS =
	'Instagram does not send us this account’s comments, and this login gives no other way to them. Connect again and grant every permission.';

type Access = { readonly connection: Connection; readonly tokens: ConnectionTokens };
type Run = { readonly signal: AbortSignal; readonly when: 'due' | 'now' };

/**
 * Polls broadcasts, each by one worker at a time: reads what is new since the cursor, offers it, and moves
 * the cursor only when every page was read. A worker that dies in the middle costs nothing: the next one
 * reads the same again.
 */
export class ChannelPoller {
	readonly #options: PollOptions;

	constructor(options: PollOptions) {
		this.#options = options;
	}

	/**
	 * Polls the channel if its time has come. `now`: at once, unless the platform asked us to wait.
	 * `checkStatus`: also looks whether the broadcast is over, which is else done now and then.
	 */
	async poll(
		channel: Channel,
		signal: AbortSignal,
		{ when = 'due', checkStatus = false }: PollWhen = {}
	): Promise<void> {
		if (!isListening(channel)) return;
		const lease = new Lease(this.#options, channel.showId, `poll:${channel.id}`);
		const isAsked = when === 'now' || checkStatus;
		if (!(await takeLease(lease, isAsked ? LOOK_PATIENCE_MS : 0))) return;
		try {
			const { redis } = this.#options;
			const state = await readPollState(redis, channel.showId, channel.id);
			const asked = checkStatus ? { ...state, statusAt: 0 } : state;
			const next = await this.#pollOnce(channel, asked, { signal, when });
			if (next !== state) await writePollState(redis, channel.showId, channel.id, next);
		} finally {
			await lease.giveBack();
		}
	}

	async #pollOnce(channel: Channel, state: PollState, run: Run): Promise<PollState> {
		const access = await this.#access(channel);
		if (typeof access === 'string') {
			const report = { status: 'disconnected', reason: 'needs_reauth', detail: access } as const;
			await this.#options.intake.report(channel, report);
			return state;
		}
		const { connection, tokens } = access;
		if (!isTurn(state, run.when, tokenName(connection.id, tokens.version))) return state;
		const reader = broadcastReader(this.#options.client, channel, connection, tokens);
		if (!reader) return await this.#webhooksOnly(channel, connection, state);
		const { signal } = run;
		const poll = { ...this.#options, channel, reader, connection, tokens, signal };
		try {
			return await pollBroadcast(poll, state);
		} catch (error) {
			if (signal.aborted || !(error instanceof MetaError)) throw error;
			this.#options.observer?.polled(channel.platform, error.kind, null);
			return await afterFailure(poll, state, error);
		}
	}

	/** A login without reads: the channel is as well as its access and its webhooks. */
	async #webhooksOnly(
		channel: Channel,
		connection: Connection,
		state: PollState
	): Promise<PollState> {
		const { intake, client } = this.#options;
		await intake.report(channel, standingOfWebhooks(connection));
		return { ...state, nextAt: Date.now() + client.settings.pollMs.quiet };
	}

	/** What the channel is read with; else why it can't be. */
	async #access(channel: Channel): Promise<Access | string> {
		const { connections } = this.#options;
		const connection =
			channel.connectionId === null ? null : await connections.find(channel.connectionId);
		if (!connection) return CONNECTION_GONE;
		try {
			return { connection, tokens: await connections.openTokens(connection.id) };
		} catch (error) {
			if (error instanceof MetaError) return error.explanation;
			throw error;
		}
	}
}

function standingOfWebhooks({ health, healthDetail, webhooks }: Connection): ChannelReport {
	if (health === 'needs_reauth') {
		return { status: 'disconnected', reason: 'needs_reauth', detail: healthDetail };
	}
	return webhooks
		? { status: 'connected', reason: null, detail: null }
		: { status: 'degraded', reason: 'permission', detail: NO_WEBHOOKS };
}

/** Whether to poll now: it is due, somebody asks and no long pause is on, or there is a new token. */
function isTurn(state: PollState, when: 'due' | 'now', token: string): boolean {
	const { nextAt, failures, deadToken } = state;
	if (deadToken !== null && deadToken !== token) return true;
	if (nextAt === null) return false;
	const waitMs = nextAt - Date.now();
	return waitMs <= 0 || (when === 'now' && failures === 0 && waitMs < MIN_PAUSE_MS / 2);
}

async function takeLease(lease: Lease, patienceMs: number): Promise<boolean> {
	const deadline = performance.now() + patienceMs;
	while (!(await lease.take())) {
		if (performance.now() >= deadline) return false;
		await sleep(LOOK_RETRY_MS);
	}
	return true;
}

import type { Logger } from '../observability/logger.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { LuaScript } from '../redis/script-loader.ts';
import { broadcastReader } from './broadcast-reader.ts';
import type { BroadcastReader } from './broadcast-reader.ts';
import { isListening } from './channel-store.ts';
import type { Channel } from './channel-store.ts';
import { orderKey } from './comment-order.ts';
import type { Connection, ConnectionStore, ConnectionTokens } from './connection-store.ts';
import type { ChannelIntake } from './intake.ts';
import { Lease } from './lease.ts';
import type { MetaClient } from './meta/client.ts';
import { MetaError } from './meta/errors.ts';
import type { Usage } from './meta/usage.ts';
import { afterFailure, endBroadcast } from './poll-outcome.ts';
import { MIN_PAUSE_MS, WARN_PERCENT, nextPoll } from './pace.ts';
import { readBroadcast } from './poll-read.ts';
import type { BroadcastReading, ReadFrom } from './poll-read.ts';
import { readFrom, readPollState, showEpoch, writePollState } from './poll-state.ts';
import type { PollState } from './poll-state.ts';
import type { PlatformComment } from './platform-comment.ts';

export type PollOptions = {
	readonly redis: RedisClient;
	readonly scripts: ReadonlyMap<string, LuaScript>;
	readonly client: MetaClient;
	readonly connections: ConnectionStore;
	readonly intake: ChannelIntake;
	readonly logger: Logger;
	/** The broadcast is over: reading ends here. */
	readonly onEnded: (channel: Channel) => Promise<void>;
	/** The platform no longer takes the connection's token. */
	readonly onTokenDied: (connection: Connection, error: MetaError) => Promise<void>;
};

export type PollWhen = { readonly when?: 'due' | 'now'; readonly checkStatus?: boolean };

/** Longer than one request may take: it is renewed with every page. */
const LEASE_MS = 20_000;
const STATUS_EVERY_MS = 30_000;
/** Readings in a row that must miss a broadcast before it counts as over. */
const MISSING_READINGS = 2;
const CONNECTION_GONE =
	'The account was disconnected. Connect it again to go on; what was written meanwhile is read then.';

type Access = { readonly connection: Connection; readonly tokens: ConnectionTokens };
type Run = { readonly lease: Lease; readonly signal: AbortSignal };

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
		if (!(await lease.take(LEASE_MS))) return;
		try {
			const { redis } = this.#options;
			const state = await readPollState(redis, channel.showId, channel.id);
			const asked = checkStatus ? { ...state, statusAt: 0 } : state;
			const next = await this.#pollOnce(channel, asked, { lease, signal, when });
			if (next !== state) await writePollState(redis, channel.showId, channel.id, next);
		} finally {
			await lease.giveBack();
		}
	}

	async #pollOnce(
		channel: Channel,
		state: PollState,
		run: Run & { readonly when: 'due' | 'now' }
	): Promise<PollState> {
		const now = Date.now();
		const access = await this.#access(channel);
		if (!access) {
			await this.#options.intake.report(channel, {
				status: 'disconnected',
				reason: 'needs_reauth',
				detail: CONNECTION_GONE
			});
			return state;
		}
		const hasNewToken =
			state.deadTokenVersion !== null && state.deadTokenVersion !== access.tokens.version;
		const isDue = state.nextAt !== null && state.nextAt <= now;
		const mayHurry =
			run.when === 'now' &&
			state.failures === 0 &&
			state.nextAt !== null &&
			state.nextAt - now < MIN_PAUSE_MS / 2;
		if (!isDue && !mayHurry && !hasNewToken) return state;

		const reader = broadcastReader(this.#options.client, channel, access.connection, access.tokens);
		if (!reader) return await this.#webhooksOnly(channel, state);
		try {
			return await this.#read(channel, state, reader, access, run);
		} catch (error) {
			if (run.signal.aborted || !(error instanceof MetaError)) throw error;
			return await afterFailure(
				{ ...this.#options, channel, reader, ...access, signal: run.signal },
				state,
				error
			);
		}
	}

	/** A login without reads: the channel is as well as its webhooks. */
	async #webhooksOnly(channel: Channel, state: PollState): Promise<PollState> {
		await this.#options.intake.report(channel, { status: 'connected', reason: null, detail: null });
		return { ...state, nextAt: Date.now() + STATUS_EVERY_MS };
	}

	async #read(
		channel: Channel,
		before: PollState,
		reader: BroadcastReader,
		access: Access,
		run: Run
	): Promise<PollState> {
		const { redis, intake, client } = this.#options;
		const now = Date.now();
		const epoch = await showEpoch(redis, channel.showId);
		const state = before.epoch === epoch ? before : { ...before, epoch, since: null, after: null };
		const from = readFrom(state, now);
		const showStart = channel.showStartedAt?.getTime() ?? null;
		const since = state.after === null ? (from.since ?? showStart) : state.since;
		const result = await this.#readPages(channel, reader, { since, after: state.after }, run);
		const { complete } = result;
		const settledKey = complete && result.newest ? orderKey(result.newest) : null;
		await intake.drain(channel.showId, { settledKey });

		const statusDue = now - state.statusAt >= STATUS_EVERY_MS;
		const broadcast = statusDue ? await reader.status(run.signal) : 'live';
		const missing = broadcast === 'missing' ? state.missing + 1 : 0;
		if (broadcast === 'ended' || missing >= MISSING_READINGS) {
			await this.#readAgain(channel, reader, run);
			await endBroadcast(this.#options, channel);
			return { ...state, nextAt: null };
		}
		const quiet = result.fresh > 0 ? 0 : state.quiet + 1;
		const pace = nextPoll(client.settings.pollMs, quiet, result.usage);
		await this.#reportReading(channel, access.connection, pace.limited, result.usage);
		return {
			...state,
			since: complete ? newestTime(result.newest, state.since) : state.since,
			after: result.resumeAfter,
			nextAt: result.resumeAfter === null ? now + pace.delayMs : now,
			polledAt: Date.now(),
			failures: 0,
			quiet,
			deepAt: from.deep ? now : state.deepAt,
			statusAt: statusDue ? now : state.statusAt,
			missing,
			deadTokenVersion: null
		};
	}

	async #reportReading(
		channel: Channel,
		connection: Connection,
		limited: boolean,
		usage: Usage | null
	): Promise<void> {
		const percent = usage?.percent ?? 0;
		const slow =
			percent >= WARN_PERCENT
				? `Most of what ${connection.accountName} may ask of Meta is used up: we read less often.`
				: null;
		await this.#options.intake.report(channel, {
			status: limited ? 'degraded' : 'connected',
			reason: limited ? 'throttled' : null,
			detail: slow
		});
	}

	/** A last look at everything: what became visible late, or was missed by every path. */
	async #readAgain(channel: Channel, reader: BroadcastReader, run: Run): Promise<void> {
		const since = channel.showStartedAt?.getTime() ?? null;
		try {
			await this.#readPages(channel, reader, { since, after: null }, run);
		} catch (error) {
			// Comments may no longer be readable once the live is over (PLATFORMS 3.6).
			if (!(error instanceof MetaError)) throw error;
		}
	}

	async #readPages(
		channel: Channel,
		reader: BroadcastReader,
		from: ReadFrom,
		{ lease, signal }: Run
	): Promise<BroadcastReading> {
		return await readBroadcast(
			{ ...this.#options, channel, reader, signal, onPage: () => lease.take(LEASE_MS) },
			from
		);
	}

	async #access(channel: Channel): Promise<Access | null> {
		const { connections } = this.#options;
		const connection =
			channel.connectionId === null ? null : await connections.find(channel.connectionId);
		if (!connection) return null;
		return { connection, tokens: await connections.openTokens(connection.id) };
	}
}

function newestTime(newest: PlatformComment | null, since: number | null): number | null {
	const time = newest?.postedAt ?? null;
	return time === null ? since : Math.max(time, since ?? 0);
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../observability/logger.ts';
import { showKey } from '../redis/keys.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { LuaScript } from '../redis/script-loader.ts';
import type { Channel } from './channel-store.ts';
import type { ConnectionStore } from './connection-store.ts';
import { streamComments } from './facebook/comment-stream.ts';
import type { ChannelIntake } from './intake.ts';
import { Lease } from './lease.ts';
import type { MetaClient } from './meta/client.ts';
import { MetaError } from './meta/errors.ts';
import { retryDelay } from './pace.ts';

export type StreamsOptions = {
	readonly redis: RedisClient;
	readonly scripts: ReadonlyMap<string, LuaScript>;
	readonly client: MetaClient;
	readonly connections: ConnectionStore;
	readonly intake: ChannelIntake;
	readonly logger: Logger;
	/** A stream (re)opened: what was written while it was not is read by a poll (PLATFORMS 2.4). */
	readonly onOpen: (channel: Channel) => Promise<void>;
};

/** Pause after a refusal that only a new token or permission can change. */
const REFUSED_RETRY_MS = 30_000;

/** Field of the intake hash that tells whether the channel's stream is open. */
export const streamField = (channelId: string): string => `${channelId}:stream`;

/**
 * Holds the event streams of Facebook broadcasts: the fast path, never the only one. Of all workers one
 * holds the stream of a channel; when it dies, another takes it within its lease.
 */
export class ChannelStreams {
	readonly #options: StreamsOptions;
	readonly #running = new Map<
		string,
		{ readonly stop: AbortController; readonly done: Promise<void> }
	>();
	#closed = false;

	constructor(options: StreamsOptions) {
		this.#options = options;
	}

	/** Starts and stops streams, so that exactly these channels are streamed (by some worker). */
	sync(channels: readonly Channel[]): void {
		// A comparison that was under way ends after the streams did; other workers have them by then.
		if (this.#closed) return;
		const wanted = new Map(
			channels
				.filter((channel) => channel.platform === 'facebook' && channel.connectionId !== null)
				.map((channel) => [channel.id, channel])
		);
		for (const [id, { stop }] of this.#running) if (!wanted.has(id)) stop.abort();
		for (const [id, channel] of wanted) {
			if (this.#running.has(id)) continue;
			const stop = new AbortController();
			const done = this.#hold(channel, stop.signal)
				.catch((error: unknown) => {
					if (stop.signal.aborted) return;
					this.#options.logger.warn({ err: error, channelId: id }, 'a stream ended');
				})
				.finally(() => this.#running.delete(id));
			this.#running.set(id, { stop, done });
		}
	}

	/** Ends all streams; no other begins. */
	async close(): Promise<void> {
		this.#closed = true;
		const running = [...this.#running.values()];
		for (const { stop } of running) stop.abort();
		await Promise.all(running.map(({ done }) => done));
	}

	/** Streams as long as this worker has the lease; returns when another has it or `signal` aborts. */
	async #hold(channel: Channel, signal: AbortSignal): Promise<void> {
		const lease = new Lease(this.#options, channel.showId, `stream:${channel.id}`);
		if (!(await lease.take())) return;
		try {
			await this.#reconnecting(channel, AbortSignal.any([signal, lease.lost]));
		} finally {
			await lease.giveBack();
		}
	}

	async #reconnecting(channel: Channel, signal: AbortSignal): Promise<void> {
		let failures = 0;
		while (!signal.aborted) {
			let pauseMs = retryDelay(1);
			try {
				await this.#streamOnce(channel, signal, () => (failures = 0));
			} catch (error) {
				if (signal.aborted) return;
				if (!(error instanceof MetaError)) throw error;
				failures++;
				pauseMs = error.kind === 'transient' ? retryDelay(failures) : REFUSED_RETRY_MS;
				const { kind, code, subcode } = error;
				this.#options.logger.info({ channelId: channel.id, kind, code, subcode }, 'a stream broke');
			} finally {
				await this.#note(channel, 'closed');
			}
			await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
		}
	}

	/** Streams until Meta or the network ends it. Only a poll decides what an error means. */
	async #streamOnce(channel: Channel, signal: AbortSignal, onOpen: () => void): Promise<void> {
		const { client, connections, intake } = this.#options;
		const { token } = await connections.openTokens(channel.connectionId ?? '');
		const { liveId, accountId: pageId } = channel;
		for await (const event of streamComments(client, { liveId, pageId, token, signal })) {
			if (event.kind === 'open') {
				onOpen();
				await this.#note(channel, 'open');
				await this.#options.onOpen(channel);
			} else if (event.kind === 'comment') {
				await intake.offer(channel, 'stream', [event.comment]);
			}
		}
	}

	async #note(channel: Channel, state: 'open' | 'closed'): Promise<void> {
		const { redis } = this.#options;
		await redis.hset(showKey(channel.showId, 'intake'), streamField(channel.id), state);
	}
}

import type { Db } from '../history/database.ts';
import type { Logger } from '../observability/logger.ts';
import type { RedisClient } from '../redis/run-script.ts';
import { closeChannel, findChannel } from './channel-store.ts';
import type { Channel } from './channel-store.ts';
import type { ChannelIntake } from './intake.ts';
import {
	channelsOfEndedShows,
	isListening,
	listeningChannels,
	resumeReopenedShows
} from './listening-channels.ts';
import { startPolling } from './poll-state.ts';
import type { ChannelStreams } from './streams.ts';
import type { ChannelWatcher } from './watcher.ts';

/** The schedulers of channels (jobs/channel-jobs.ts). */
export type ChannelSchedulers = {
	scheduled(): Promise<Set<string>>;
	schedule(channelId: string): Promise<void>;
	unschedule(channelId: string): Promise<void>;
	scheduleHealthChecks(): Promise<void>;
};

export type SupervisorOptions = {
	readonly db: Db;
	readonly redis: RedisClient;
	readonly schedulers: ChannelSchedulers;
	readonly intake: ChannelIntake;
	readonly streams: ChannelStreams;
	readonly watcher: ChannelWatcher;
	readonly logger: Logger;
};

const INTERVAL_MS = 5_000;

/**
 * Keeps what is listened to equal to what should be: every channel of a show that is on has a scheduler
 * and, on Facebook, a stream; all others have none. A plain timer in every worker, since it must work when
 * the queue itself was lost; `reconcile` can be called at any time.
 */
export class ChannelSupervisor {
	readonly #options: SupervisorOptions;
	readonly #timer: NodeJS.Timeout;
	#running: Promise<void> | null = null;
	#again = false;
	#watching = false;

	constructor(options: SupervisorOptions) {
		this.#options = options;
		this.#timer = setInterval(() => void this.#tick(), INTERVAL_MS);
		this.#timer.unref();
		void this.#tick();
	}

	/** Compares now; a call while it runs makes it run once more. */
	async reconcile(): Promise<void> {
		if (this.#running) {
			this.#again = true;
			return await this.#running;
		}
		this.#running = this.#compareUntilQuiet().finally(() => {
			this.#running = null;
		});
		await this.#running;
		void this.#watch();
	}

	async close(): Promise<void> {
		clearInterval(this.#timer);
		await this.#running?.catch(() => undefined);
	}

	async #tick(): Promise<void> {
		try {
			await this.reconcile();
		} catch (error) {
			this.#options.logger.warn({ err: error }, 'channels could not be compared');
		}
	}

	/** Looks for broadcasts that shows wait for. It asks platforms, so nothing else waits for it. */
	async #watch(): Promise<void> {
		if (this.#watching) return;
		this.#watching = true;
		try {
			if (await this.#options.watcher.run()) await this.reconcile();
		} catch (error) {
			this.#options.logger.warn({ err: error }, 'accounts that shows wait for were not asked');
		} finally {
			this.#watching = false;
		}
	}

	async #compareUntilQuiet(): Promise<void> {
		do {
			this.#again = false;
			await this.#compare();
		} while (this.#again);
	}

	async #compare(): Promise<void> {
		const { db, schedulers, streams } = this.#options;
		await resumeReopenedShows(db);
		const listening = await listeningChannels(db);
		const scheduled = await schedulers.scheduled();
		for (const channel of listening) {
			if (!scheduled.has(channel.id)) await this.#each(channel, () => this.#start(channel));
		}
		const wanted = new Set(listening.map(({ id }) => id));
		for (const id of scheduled) if (!wanted.has(id)) await schedulers.unschedule(id);
		streams.sync(listening);
		for (const channel of await channelsOfEndedShows(db)) {
			await this.#each(channel, () => this.#close(channel));
		}
		await schedulers.scheduleHealthChecks();
	}

	/** A fault of one show must not keep the others from being listened to. */
	async #each({ id: channelId }: Channel, change: () => Promise<void>): Promise<void> {
		try {
			await change();
		} catch (error) {
			this.#options.logger.warn({ err: error, channelId }, 'a channel was not changed yet');
		}
	}

	async #start(channel: Channel): Promise<void> {
		const { db, intake, redis, schedulers } = this.#options;
		const current = await findChannel(db, channel.id);
		// It may have ended since it was listed; then that is its last word.
		if (!current || !isListening(current)) return;
		await intake.report(channel, { status: 'connecting', reason: null, detail: null });
		await startPolling(redis, channel);
		await schedulers.schedule(channel.id);
	}

	async #close(channel: Channel): Promise<void> {
		const { db, intake } = this.#options;
		await intake.report(channel, {
			status: 'ended',
			reason: 'show_ended',
			detail: null
		});
		await closeChannel(db, channel.id, 'show_ended');
	}
}

import type { Db } from '../history/database.ts';
import type { Logger } from '../observability/logger.ts';
import {
	channelsOfEndedShows,
	closeChannel,
	listeningChannels,
	resumeReopenedShows
} from './channel-store.ts';
import type { Channel } from './channel-store.ts';
import type { ChannelIntake } from './intake.ts';
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

	async #compareUntilQuiet(): Promise<void> {
		do {
			this.#again = false;
			await this.#compare();
		} while (this.#again);
	}

	async #compare(): Promise<void> {
		const { db, schedulers, streams, watcher } = this.#options;
		await resumeReopenedShows(db);
		await watcher.run();
		const listening = await listeningChannels(db);
		const scheduled = await schedulers.scheduled();
		for (const channel of listening) {
			if (!scheduled.has(channel.id)) await this.#start(channel);
		}
		const wanted = new Set(listening.map(({ id }) => id));
		for (const id of scheduled) if (!wanted.has(id)) await schedulers.unschedule(id);
		streams.sync(listening);
		for (const channel of await channelsOfEndedShows(db)) await this.#close(channel);
		await schedulers.scheduleHealthChecks();
	}

	async #start(channel: Channel): Promise<void> {
		const { intake, schedulers } = this.#options;
		await intake.report(channel, { status: 'connecting', reason: null, detail: null });
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

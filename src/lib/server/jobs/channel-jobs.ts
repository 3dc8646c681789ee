import { Queue, Worker } from 'bullmq';
import { z } from 'zod';
import { withLogContext } from '../observability/log-context.ts';
import type { Logger } from '../observability/logger.ts';
import { throttledErrors } from '../observability/throttled-errors.ts';
import { JOBS_PREFIX } from '../redis/keys.ts';
import type { RedisClient } from '../redis/run-script.ts';
import { KEPT_JOBS, isGivenUp } from './failed-jobs.ts';
import type { JobReports } from './failed-jobs.ts';
import { TAKE_OVER } from './take-over.ts';

const QUEUE = 'channels';
/** Channels that one worker reads at the same time; they mostly wait for the platform. */
const CONCURRENCY = 50;
/** Ticks of a channel never come faster than this, however fast it is polled. */
const MAX_TICK_MS = 1_000;

const channelJob = z.object({ channelId: z.string(), checkStatus: z.boolean().default(false) });

/** What the jobs of the queue are done by. */
export type ChannelJobHandlers = {
	/** Feeds what waits and polls when it is time. `now`: somebody asked for it. */
	tick(
		channelId: string,
		options: { readonly when: 'due' | 'now'; readonly checkStatus: boolean },
		signal: AbortSignal
	): Promise<void>;
	/** Compares what is listened to with what should be. */
	reconcile(): Promise<void>;
	/** Looks at every connection's health. */
	checkConnections(): Promise<void>;
};

const SOON_MS = 250;

const CHECK_CONNECTIONS = 'check-connections';
const CHECK_EVERY_MS = 15 * 60_000;
const schedulerId = (channelId: string): string => `channel-${channelId}`;

/** The queue of what is done for channels. Each listening channel has one scheduler in it. */
export class ChannelJobs {
	readonly #queue: Queue;
	readonly #tickMs: number;

	/** `pollMs`: the shortest interval between two polls. */
	constructor(connection: RedisClient, pollMs: number, logger: Logger) {
		this.#queue = new Queue(QUEUE, { connection, prefix: JOBS_PREFIX });
		this.#queue.on('error', throttledErrors(logger, 'channel queue'));
		this.#tickMs = Math.min(pollMs, MAX_TICK_MS);
	}

	/** Ids of the channels that tick. */
	async scheduled(): Promise<Set<string>> {
		const schedulers = await this.#queue.getJobSchedulers(0, -1);
		const prefix = schedulerId('');
		return new Set(
			schedulers
				.map(({ key }) => key)
				.filter((key) => key.startsWith(prefix))
				.map((key) => key.slice(prefix.length))
		);
	}

	async schedule(channelId: string): Promise<void> {
		await this.#queue.upsertJobScheduler(
			schedulerId(channelId),
			{ every: this.#tickMs },
			{
				name: 'tick',
				data: { channelId },
				opts: KEPT_JOBS
			}
		);
	}

	async unschedule(channelId: string): Promise<void> {
		await this.#queue.removeJobScheduler(schedulerId(channelId));
	}

	async scheduleHealthChecks(): Promise<void> {
		await this.#queue.upsertJobScheduler(
			CHECK_CONNECTIONS,
			{ every: CHECK_EVERY_MS },
			{
				name: CHECK_CONNECTIONS,
				data: {},
				opts: KEPT_JOBS
			}
		);
	}

	/** Polls a channel now. */
	async pollNow(channelId: string, checkStatus = false): Promise<void> {
		await this.#queue.add(
			'now',
			{ channelId, checkStatus },
			{
				// One that is under way may have read the pace before it changed: then another one follows it.
				deduplication: {
					id: `now-${channelId}-${checkStatus ? 'status' : 'comments'}`,
					keepLastIfActive: true
				},
				removeOnComplete: true,
				removeOnFail: true
			}
		);
	}

	/**
	 * Makes a worker start and stop channels at once instead of within seconds; a moment later, since
	 * Postgres hears of a show's new status a moment late. Asked again meanwhile, a moment after that.
	 */
	async reconcileSoon(): Promise<void> {
		await this.#queue.add(
			'reconcile',
			{},
			{
				delay: SOON_MS,
				deduplication: { id: 'reconcile', keepLastIfActive: true, reschedule: true },
				removeOnComplete: true,
				removeOnFail: true
			}
		);
	}

	async close(): Promise<void> {
		await this.#queue.close();
	}
}

/** Runs the queue's jobs. `close` breaks polls off at once: the next worker reads the same again. */
export function startChannelWorker(
	connection: RedisClient,
	handlers: ChannelJobHandlers,
	{ logger, jobGivenUp }: JobReports
): { close(): Promise<void> } {
	const stop = new AbortController();
	const worker = new Worker(
		QUEUE,
		async (job) => {
			switch (job.name) {
				case 'tick':
				case 'now': {
					const { channelId, checkStatus } = channelJob.parse(job.data);
					const when = job.name === 'now' ? 'now' : 'due';
					await withLogContext({ queue: QUEUE, job: job.id, channelId }, () =>
						handlers.tick(channelId, { when, checkStatus }, stop.signal)
					);
					break;
				}
				case 'reconcile':
					await handlers.reconcile();
					break;
				case CHECK_CONNECTIONS:
					await handlers.checkConnections();
					break;
			}
		},
		{ connection, prefix: JOBS_PREFIX, concurrency: CONCURRENCY, ...TAKE_OVER }
	);
	worker.on('error', throttledErrors(logger, 'channel worker'));
	worker.on('failed', (job, error) => {
		if (stop.signal.aborted) return;
		if (isGivenUp(job)) jobGivenUp(QUEUE);
		const channelId = channelJob.safeParse(job?.data).data?.channelId;
		const facts = { queue: QUEUE, job: job?.id, task: job?.name, channelId };
		logger.warn({ err: error, ...facts }, 'a channel job failed');
	});
	return {
		close: async () => {
			stop.abort(new Error('the worker is closing'));
			await worker.close();
		}
	};
}

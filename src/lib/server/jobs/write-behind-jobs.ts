import { Queue, Worker } from 'bullmq';
import { z } from 'zod';
import type { WriteBehind } from '../history/write-behind.ts';
import { withLogContext } from '../observability/log-context.ts';
import type { Logger } from '../observability/logger.ts';
import { throttledErrors } from '../observability/throttled-errors.ts';
import { JOBS_PREFIX } from '../redis/keys.ts';
import type { RedisClient } from '../redis/run-script.ts';
import { KEPT_JOBS, isGivenUp } from './failed-jobs.ts';
import type { JobReports } from './failed-jobs.ts';
import { TAKE_OVER } from './take-over.ts';

const QUEUE = 'write-behind';
/** A busy show wakes history at most this often per process; the work is done in batches anyway. */
const WAKE_INTERVAL_MS = 50;
/** Shows persisted at the same time by one worker. */
const CONCURRENCY = 4;
const RETRY = { attempts: 20, backoff: { type: 'exponential', delay: 250, jitter: 0.5 } } as const;

const jobSchema = z.object({ showId: z.string() });

/**
 * Wakes a worker for shows that appended events. Losing a wake-up costs time, never an event: the
 * stream is the outbox, and the sweep finds every show that lags.
 */
export class WriteBehindWaker {
	readonly #queue: Queue;
	readonly #logger: Logger;
	readonly #timers = new Map<string, NodeJS.Timeout>();

	constructor(connection: RedisClient, logger: Logger) {
		this.#logger = logger;
		this.#queue = new Queue(QUEUE, { connection, prefix: JOBS_PREFIX });
		this.#queue.on('error', throttledErrors(logger, 'write-behind queue'));
	}

	/** Returns at once; the job is added within 50 ms. */
	wake(showId: string): void {
		if (this.#timers.has(showId)) return;
		this.#timers.set(
			showId,
			setTimeout(() => {
				this.#timers.delete(showId);
				void this.#add(showId);
			}, WAKE_INTERVAL_MS)
		);
	}

	/** Adds what is still waiting, then closes the queue. */
	async close(): Promise<void> {
		const waiting = [...this.#timers.keys()];
		for (const timer of this.#timers.values()) clearTimeout(timer);
		this.#timers.clear();
		await Promise.all(waiting.map((showId) => this.#add(showId)));
		await this.#queue.close();
	}

	async #add(showId: string): Promise<void> {
		try {
			await this.#queue.add(
				'persist',
				{ showId },
				{
					...RETRY,
					// One job that runs and one that waits per show: what is written while a job runs gets its own.
					deduplication: { id: showId, keepLastIfActive: true },
					...KEPT_JOBS
				}
			);
		} catch (error) {
			this.#logger.warn({ err: error, showId }, 'history could not be woken; the sweep will');
		}
	}
}

/** Runs the write-behind jobs of every show. */
export function startWriteBehindWorker(
	connection: RedisClient,
	writeBehind: WriteBehind,
	{ logger, jobGivenUp }: JobReports
): Worker {
	const worker = new Worker(
		QUEUE,
		async (job) => {
			const { showId } = jobSchema.parse(job.data);
			await withLogContext({ queue: QUEUE, job: job.id, showId }, () =>
				writeBehind.persist(showId)
			);
		},
		{ connection, prefix: JOBS_PREFIX, concurrency: CONCURRENCY, ...TAKE_OVER }
	);
	worker.on('error', throttledErrors(logger, 'write-behind worker'));
	worker.on('failed', (job, error) => {
		if (isGivenUp(job)) jobGivenUp(QUEUE);
		const showId = jobSchema.safeParse(job?.data).data?.showId;
		const facts = { queue: QUEUE, job: job?.id, attempt: job?.attemptsMade, showId };
		logger.warn({ err: error, ...facts }, 'write-behind failed');
	});
	return worker;
}

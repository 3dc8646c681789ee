import { Queue, Worker } from 'bullmq';
import { z } from 'zod';
import type { CommentIntake } from '../allocator/comment.ts';
import type { OperatorActions } from '../allocator/operator-actions.ts';
import { AppError } from '../errors.ts';
import { withLogContext } from '../observability/log-context.ts';
import type { Logger } from '../observability/logger.ts';
import { throttledErrors } from '../observability/throttled-errors.ts';
import { JOBS_PREFIX } from '../redis/keys.ts';
import { refuseUntil } from '../protection/rate-limited.ts';
import { TokenBuckets } from '../protection/token-buckets.ts';
import type { RedisClient } from '../redis/run-script.ts';
import { QueueBound } from './queue-bound.ts';
import { RehearsalPlayer } from '../rehearsal/player.ts';
import { loadRehearsal, rehearsalSourceSchema } from '../rehearsal/source.ts';
import { KEPT_FAILED, forgetFailedJobs, isGivenUp } from './failed-jobs.ts';
import type { JobReports } from './failed-jobs.ts';

const QUEUE = 'rehearsals';
/** Rehearsals at the same time in one worker; they mostly wait. */
const CONCURRENCY = 10;
/** Rehearsals that may wait for that; an uploaded one takes up to 4 MB of Redis. */
const MAX_WAITING = 50;
/** Rehearsals that one workspace may start, so that it can't fill the queue: one a minute, ten at once. */
const STARTS = { perSecond: 1 / 60, burst: 10 };

const jobSchema = z.object({
	showId: z.string(),
	source: rehearsalSourceSchema,
	speed: z.number().positive(),
	postedFrom: z.number().int()
});

export type RehearsalJob = z.output<typeof jobSchema>;

const progressSchema = z.object({ line: z.number().int() }).catch({ line: 0 });

/** A show that is gone was deleted with its workspace: its job ends, and the uploaded recording goes with it. */
function unlessShowIsGone(error: unknown): void {
	if (!(error instanceof AppError) || error.code !== 'SHOW_NOT_FOUND') throw error;
}

/** Hands rehearsals to a worker. */
export class RehearsalQueue {
	readonly #queue: Queue;
	readonly #bound: QueueBound;
	readonly #starts = new TokenBuckets(STARTS);
	readonly #onRefused: (limiter: string) => void;
	readonly #stopForgetting: () => Promise<void>;

	/** `onRefused` hears the name of the limit that refused somebody. */
	constructor(
		connection: RedisClient,
		logger: Logger,
		onRefused: (limiter: string) => void = () => undefined
	) {
		this.#onRefused = onRefused;
		this.#queue = new Queue(QUEUE, { connection, prefix: JOBS_PREFIX });
		this.#queue.on('error', throttledErrors(logger, 'rehearsal queue'));
		this.#bound = new QueueBound(this.#queue, MAX_WAITING, () => onRefused('rehearsals-of-all'));
		this.#stopForgetting = forgetFailedJobs(this.#queue, logger);
	}

	/** Asks for room before anything is made. Throws `RATE_LIMITED` and `UNAVAILABLE`. */
	async admit(workspaceId: string): Promise<void> {
		const waitMs = this.#starts.take(workspaceId);
		if (waitMs > 0) this.#onRefused('rehearsals-of-workspace');
		refuseUntil(waitMs);
		await this.#bound.check();
	}

	/** Returns once the job is stored. */
	async add(job: RehearsalJob): Promise<void> {
		await this.#queue.add('play', job, {
			// A worker that is restarted hands the show over to the next one, which goes on where it stopped.
			attempts: 20,
			backoff: { type: 'fixed', delay: 500 },
			removeOnComplete: true,
			// An uploaded recording is up to 4 MB.
			removeOnFail: { ...KEPT_FAILED, count: 20 }
		});
	}

	async close(): Promise<void> {
		await this.#stopForgetting();
		await this.#queue.close();
	}
}

export type RehearsalWorkerOptions = JobReports & {
	readonly connection: RedisClient;
	readonly comments: CommentIntake;
	readonly actions: OperatorActions;
};

/** Plays rehearsals. `close` hands running ones over at once instead of waiting for their end. */
export function startRehearsalWorker(options: RehearsalWorkerOptions): {
	close(): Promise<void>;
} {
	const { connection, comments, actions, logger, jobGivenUp } = options;
	const stop = new AbortController();
	const worker = new Worker(
		QUEUE,
		async (job) => {
			const { showId, source, speed, postedFrom } = jobSchema.parse(job.data);
			const player = new RehearsalPlayer(showId, {
				comments,
				actions,
				speed,
				postedFrom,
				signal: stop.signal,
				stopWhenEnded: true,
				onCheckpoint: (line) => job.updateProgress({ line })
			});
			await withLogContext({ queue: QUEUE, job: job.id, showId }, async () => {
				const rehearsal = await loadRehearsal(source);
				await player.play(rehearsal, progressSchema.parse(job.progress)).catch(unlessShowIsGone);
			});
		},
		{ connection, prefix: JOBS_PREFIX, concurrency: CONCURRENCY, maxStalledCount: 20 }
	);
	worker.on('error', throttledErrors(logger, 'rehearsal worker'));
	worker.on('failed', (job, error) => {
		if (stop.signal.aborted) return;
		if (isGivenUp(job)) jobGivenUp(QUEUE);
		const showId = jobSchema.safeParse(job?.data).data?.showId;
		logger.warn({ err: error, queue: QUEUE, job: job?.id, showId }, 'rehearsal failed');
	});
	return {
		close: async () => {
			stop.abort(new Error('the worker is closing'));
			await worker.close();
		}
	};
}

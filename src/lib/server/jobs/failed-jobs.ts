import type { Job, Queue } from 'bullmq';
import type { Logger } from '../observability/logger.ts';
import { hourly } from './periodically.ts';

const KEPT_SECONDS = 86_400;
const MAX_CLEANED = 1_000;

/** How many failed jobs are kept for whoever looks what went wrong, and for how long. */
export const KEPT_FAILED = { count: 100, age: KEPT_SECONDS } as const;

/** Done jobs are forgotten. By itself BullMQ would keep all for ever, in a Redis that must not evict. */
export const KEPT_JOBS = { removeOnComplete: true, removeOnFail: KEPT_FAILED } as const;

/** What a worker tells: lines of the log, and the queue of each job that it gave up. */
export type JobReports = {
	readonly logger: Logger;
	readonly jobGivenUp: (queue: string) => void;
};

/**
 * Whether a job that a worker says has failed had its last try: BullMQ finishes no other. Undefined: the
 * job is gone already.
 */
export function isGivenUp(job: Pick<Job, 'finishedOn'> | undefined): boolean {
	return job === undefined || job.finishedOn !== undefined;
}

/**
 * Removes jobs that failed more than a day ago, every hour: they hold what people wrote. BullMQ itself looks
 * at their age only when another one fails. Returns what stops it.
 */
export function forgetFailedJobs(queue: Pick<Queue, 'clean'>, logger: Logger): () => Promise<void> {
	return hourly(
		() => queue.clean(KEPT_SECONDS * 1_000, MAX_CLEANED, 'failed'),
		(error) => logger.warn({ err: error }, 'failed jobs could not be removed')
	);
}

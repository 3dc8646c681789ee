import { createHash } from 'node:crypto';
import { Queue, Worker } from 'bullmq';
import { z } from 'zod';
import type { WebhookRouter } from '../channels/webhook-router.ts';
import { withLogContext } from '../observability/log-context.ts';
import type { Logger } from '../observability/logger.ts';
import { throttledErrors } from '../observability/throttled-errors.ts';
import { JOBS_PREFIX } from '../redis/keys.ts';
import type { RedisClient } from '../redis/run-script.ts';
import { KEPT_JOBS, forgetFailedJobs, isGivenUp } from './failed-jobs.ts';
import type { JobReports } from './failed-jobs.ts';
import { QueueBound } from './queue-bound.ts';
import { TAKE_OVER } from './take-over.ts';

const QUEUE = 'webhooks';
const CONCURRENCY = 20;
/** Deliveries that may wait for that. They are a few kilobytes, so that this is far below what Redis has. */
const MAX_WAITING = 10_000;
/** An identical delivery within this time is the same one. Later ones are told apart by their comments. */
const SAME_DELIVERY_MS = 10 * 60_000;
/** For about eighteen hours: what people wrote must not wait for ever, and a poll has brought it by then. */
const RETRY = { attempts: 19, backoff: { type: 'exponential', delay: 250, jitter: 0.5 } } as const;
/**
 * When to look again at comments of a page's posts: polling or the stream tells which post is the live's,
 * and they may be slower than the webhook.
 */
const LOOK_AGAIN_MS = [2_000, 6_000, 20_000, 60_000];

const jobSchema = z.object({ raw: z.string(), receivedAt: z.number(), look: z.number().int() });

/** Keeps webhook deliveries until a worker has routed them. */
export class WebhookQueue {
	readonly #queue: Queue;
	readonly #bound: QueueBound;
	readonly #stopForgetting: () => Promise<void>;

	constructor(connection: RedisClient, logger: Logger) {
		this.#queue = new Queue(QUEUE, { connection, prefix: JOBS_PREFIX });
		this.#queue.on('error', throttledErrors(logger, 'webhook queue'));
		this.#bound = new QueueBound(this.#queue, MAX_WAITING);
		this.#stopForgetting = forgetFailedJobs(this.#queue, logger);
	}

	/** Returns once the delivery is stored. Throws `UNAVAILABLE` when too many wait: Meta comes again. */
	async add(raw: string): Promise<void> {
		await this.#bound.check();
		const id = createHash('sha256').update(raw).digest('base64url');
		await this.#queue.add(
			'delivery',
			{ raw, receivedAt: Date.now(), look: 0 },
			{
				...RETRY,
				deduplication: { id, ttl: SAME_DELIVERY_MS },
				...KEPT_JOBS
			}
		);
	}

	/** Routes a delivery once more after a while. False when it was looked at often enough. */
	async lookAgain(raw: string, receivedAt: number, look: number): Promise<boolean> {
		const delay = LOOK_AGAIN_MS[look];
		if (delay === undefined) return false;
		await this.#queue.add(
			'delivery',
			{ raw, receivedAt, look: look + 1 },
			{ ...RETRY, ...KEPT_JOBS, delay }
		);
		return true;
	}

	async close(): Promise<void> {
		await this.#stopForgetting();
		await this.#queue.close();
	}
}

/** Routes deliveries to shows. */
export function startWebhookWorker(
	connection: RedisClient,
	queue: WebhookQueue,
	router: Pick<WebhookRouter, 'route'>,
	{ logger, jobGivenUp }: JobReports
): Worker {
	const worker = new Worker(
		QUEUE,
		async (job) => {
			const { raw, receivedAt, look } = jobSchema.parse(job.data);
			const { unmatched } = await withLogContext({ queue: QUEUE, job: job.id }, () =>
				router.route(raw, receivedAt)
			);
			if (unmatched > 0) await queue.lookAgain(raw, receivedAt, look);
		},
		{ connection, prefix: JOBS_PREFIX, concurrency: CONCURRENCY, ...TAKE_OVER }
	);
	worker.on('error', throttledErrors(logger, 'webhook worker'));
	worker.on('failed', (job, error) => {
		if (isGivenUp(job)) jobGivenUp(QUEUE);
		const facts = { queue: QUEUE, job: job?.id, attempt: job?.attemptsMade };
		logger.warn({ err: error, ...facts }, 'a webhook job failed');
	});
	return worker;
}

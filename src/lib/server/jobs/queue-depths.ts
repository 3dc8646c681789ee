import { Queue } from 'bullmq';
import type { Logger } from '../observability/logger.ts';
import { throttledErrors } from '../observability/throttled-errors.ts';
import { JOBS_PREFIX } from '../redis/keys.ts';
import type { RedisClient } from '../redis/run-script.ts';

/** Every queue there is. A test holds that this list is complete. */
export const QUEUES = ['write-behind', 'rehearsals', 'channels', 'webhooks'] as const;

/** `failed`: given up, after every retry; kept for a look at it. */
const STATES = ['waiting', 'active', 'delayed', 'failed'] as const;

export type QueueDepth = {
	readonly queue: string;
	readonly state: string;
	readonly jobs: number;
};

/** Counts the jobs of every queue. */
export class QueueDepths {
	readonly #connection: RedisClient;
	readonly #logger: Logger;
	/** Made when somebody asks: most processes that end soon never do. */
	#queues: readonly Queue[] | null = null;

	constructor(connection: RedisClient, logger: Logger) {
		this.#connection = connection;
		this.#logger = logger;
	}

	async read(): Promise<QueueDepth[]> {
		this.#queues ??= QUEUES.map((name) => {
			const queue = new Queue(name, { connection: this.#connection, prefix: JOBS_PREFIX });
			return queue.on('error', throttledErrors(this.#logger, 'queue depths'));
		});
		const depths = await Promise.all(
			this.#queues.map(async (queue) => {
				const counts = await queue.getJobCounts(...STATES);
				return STATES.map((state) => ({ queue: queue.name, state, jobs: counts[state] ?? 0 }));
			})
		);
		return depths.flat();
	}

	async close(): Promise<void> {
		await Promise.all((this.#queues ?? []).map((queue) => queue.close()));
	}
}

import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';

/** What becomes of jobs. Those that wait or run are counted in Redis when a scrape asks (shared-metrics.ts). */
export class JobMetrics {
	readonly #givenUp: Counter<'queue'>;

	/** `queues`: every queue there is, so that its first failure is seen by `increase()`. */
	constructor(registry: Registry, queues: readonly string[]) {
		this.#givenUp = new Counter({
			name: 'sellary_jobs_failed_total',
			help: 'Jobs that this process gave up after their last try.',
			labelNames: ['queue'],
			registers: [registry]
		});
		for (const queue of queues) this.#givenUp.inc({ queue }, 0);
	}

	readonly givenUp = (queue: string): void => {
		this.#givenUp.inc({ queue });
	};
}

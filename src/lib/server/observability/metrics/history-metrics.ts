import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

/** The way of events to Postgres and back. */
export class HistoryMetrics {
	readonly #events: Counter;
	readonly #batch: Histogram;
	readonly #failures: Counter<'reason'>;
	readonly #recoveries: Counter<'result'>;
	readonly #recovery: Histogram;

	constructor(registry: Registry) {
		const registers = [registry];
		this.#events = new Counter({
			name: 'sellary_write_behind_events_total',
			help: 'Events written to Postgres by this process.',
			registers
		});
		this.#batch = new Histogram({
			name: 'sellary_write_behind_batch_seconds',
			help: 'How long a transaction of the write-behind took.',
			buckets: [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
			registers
		});
		this.#failures = new Counter({
			name: 'sellary_write_behind_failures_total',
			help: 'Runs that failed; split_history: the stream lacks events that Postgres does not have.',
			labelNames: ['reason'],
			registers
		});
		this.#recoveries = new Counter({
			name: 'sellary_recoveries_total',
			help: 'Shows rebuilt in Redis from Postgres: ok, or the code of the refused commit.',
			labelNames: ['result'],
			registers
		});
		this.#recovery = new Histogram({
			name: 'sellary_recovery_duration_seconds',
			help: 'How long rebuilding a show took.',
			buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
			registers
		});
	}

	readonly batchWritten = (events: number, durationMs: number): void => {
		this.#events.inc(events);
		this.#batch.observe(durationMs / 1_000);
	};

	readonly persistFailed = (reason: 'split_history' | 'error'): void => {
		this.#failures.inc({ reason });
	};

	/** `code`: what lua/restore-commit.lua answered. */
	readonly rebuilt = (code: string, durationMs: number): void => {
		this.#recoveries.inc({ result: code === 'OK' ? 'ok' : code.toLowerCase() });
		this.#recovery.observe(durationMs / 1_000);
	};
}

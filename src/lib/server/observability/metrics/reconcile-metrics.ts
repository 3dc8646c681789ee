import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

/** What the reconciler finds (docs/decisions/0017-reconciler.md). */
export class ReconcileMetrics {
	readonly #checks: Counter<'result'>;
	readonly #mismatches: Counter<'kind' | 'healed'>;
	readonly #damaged: Gauge;
	readonly #finishedAt: Gauge;
	readonly #duration: Histogram;

	constructor(registry: Registry) {
		const registers = [registry];
		this.#checks = new Counter({
			name: 'sellary_reconcile_checks_total',
			help: 'Shows compared: agree, mismatch, moved (changed too fast to compare), failed.',
			labelNames: ['result'],
			registers
		});
		this.#mismatches = new Counter({
			name: 'sellary_reconcile_mismatches_total',
			help: 'Mismatches between log, Redis and Postgres, and whether they could be healed.',
			labelNames: ['kind', 'healed'],
			registers
		});
		this.#damaged = new Gauge({
			name: 'sellary_reconcile_damaged_shows',
			help: 'Shows whose last comparison by this process left a mismatch that could not be healed.',
			registers
		});
		this.#finishedAt = new Gauge({
			name: 'sellary_reconcile_last_run_timestamp_seconds',
			help: 'When this process last went through its live shows.',
			registers
		});
		this.#duration = new Histogram({
			name: 'sellary_reconcile_check_seconds',
			help: 'How long comparing one show took.',
			buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30],
			registers
		});
	}

	readonly checked = (
		result: 'agree' | 'mismatch' | 'moved' | 'failed',
		durationMs: number
	): void => {
		this.#checks.inc({ result });
		this.#duration.observe(durationMs / 1_000);
	};

	readonly mismatched = (kind: string, healed: boolean): void => {
		this.#mismatches.inc({ kind, healed: String(healed) });
	};

	readonly finished = (damagedShows: number): void => {
		this.#damaged.set(damagedShows);
		this.#finishedAt.setToCurrentTime();
	};
}

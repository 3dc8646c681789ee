import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Health } from '../health.ts';

/** Whether the process can do its work, asked when a scrape asks: nobody else may ask for readiness. */
export class ReadinessMetrics {
	readonly #ready: Gauge<'check'>;
	readonly #check: () => Promise<Health>;

	/** `check` never throws, and takes two seconds at most. */
	constructor(registry: Registry, check: () => Promise<Health>) {
		this.#check = check;
		this.#ready = new Gauge({
			name: 'sellary_readiness',
			help: 'Checks of readiness as this process sees them: 1: passed, 0: failed.',
			labelNames: ['check'],
			registers: [registry]
		});
	}

	async refresh(): Promise<void> {
		const { checks } = await this.#check();
		for (const [check, result] of Object.entries(checks)) {
			this.#ready.set({ check }, Number(result === 'ok'));
		}
	}
}

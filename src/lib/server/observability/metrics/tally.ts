import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';

/**
 * A counter with two labels for hot paths: an event costs two lookups (some 20 ns) instead of the 400 ns
 * in which `Counter.inc` hashes its labels. The counter is brought up to date when it is read.
 */
export class Tally {
	readonly #counts = new Map<string, Map<string, number>>();

	constructor(options: {
		readonly registry: Registry;
		readonly name: string;
		readonly help: string;
		readonly labels: readonly [string, string];
	}) {
		const { registry, name, help, labels } = options;
		const [first, second] = labels;
		const counts = this.#counts;
		new Counter({
			name,
			help,
			labelNames: [first, second],
			registers: [registry],
			collect() {
				this.reset();
				for (const [one, byOther] of counts) {
					for (const [other, count] of byOther) {
						this.inc({ [first]: one, [second]: other }, count);
					}
				}
			}
		});
	}

	/** Counts one. Both values must come from small, closed sets. */
	add(first: string, second: string): void {
		let bySecond = this.#counts.get(first);
		if (!bySecond) this.#counts.set(first, (bySecond = new Map()));
		bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
	}
}

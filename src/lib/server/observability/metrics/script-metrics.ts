import { Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import { Tally } from './tally.ts';

/** Calls of the Lua scripts that change shows. */
export class ScriptMetrics {
	readonly #duration: Histogram<'script'>;
	readonly #replies: Tally;

	constructor(registry: Registry) {
		this.#duration = new Histogram({
			name: 'sellary_script_duration_seconds',
			help: 'How long a script call took, network and queueing included.',
			labelNames: ['script'],
			// A call takes 0.1 to 1 ms, with an fsync some more; above 10 s the client gives up.
			buckets: [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
			registers: [registry]
		});
		this.#replies = new Tally({
			registry,
			name: 'sellary_script_replies_total',
			help: 'Replies of scripts by code; FAILED: Redis gave none.',
			labels: ['script', 'code']
		});
	}

	readonly called = (script: string, code: string, durationMs: number): void => {
		this.#replies.add(script, code);
		this.#duration.observe({ script }, durationMs / 1_000);
	};
}

import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

/** What the hub is doing now; `lagEvents`: the furthest that a watched show is behind what was published. */
export type HubFigures = {
	readonly shows: number;
	readonly subscribers: number;
	readonly lagEvents: number;
};

/** Consoles and what they get. */
export class HubMetrics {
	readonly #age: Histogram;
	readonly #heals: Counter<'result'>;
	readonly #slow: Counter;
	readonly #registry: Registry;

	constructor(registry: Registry) {
		const registers = [registry];
		this.#registry = registry;
		this.#age = new Histogram({
			name: 'sellary_hub_event_age_seconds',
			help: 'Age of the oldest event of a message when it went out to consoles, by the clock of Redis.',
			// At once when idle, 5 to 25 ms under load; what was healed is older.
			buckets: [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
			registers
		});
		this.#heals = new Counter({
			name: 'sellary_hub_heals_total',
			help: 'Reads of the stream that found missing events (healed), had to start over from a snapshot (resynced), or failed.',
			labelNames: ['result'],
			registers
		});
		this.#slow = new Counter({
			name: 'sellary_hub_slow_subscribers_total',
			help: 'Consoles that fell behind and were cut; they resume by themselves.',
			registers
		});
	}

	/** Reads the hub when a scrape asks. */
	watch(read: () => HubFigures): void {
		this.#gauge('sellary_hub_shows', 'Shows watched in this process.', () => read().shows);
		this.#gauge('sellary_hub_subscribers', 'Subscriptions of consoles.', () => read().subscribers);
		this.#gauge(
			'sellary_hub_lag_events',
			'Events published and not folded yet, of the watched show that is furthest behind.',
			() => read().lagEvents
		);
	}

	/** Reads how many sockets are open. */
	watchSockets(count: () => number): void {
		this.#gauge('sellary_sockets', 'WebSocket connections of consoles.', count);
	}

	/** A message goes out; `at`: epoch ms of its oldest event. */
	readonly sent = (at: number): void => {
		this.#age.observe(Math.max(0, Date.now() - at) / 1_000);
	};

	readonly healed = (result: 'healed' | 'resynced' | 'failed'): void => {
		this.#heals.inc({ result });
	};

	readonly cut = (): void => {
		this.#slow.inc();
	};

	#gauge(name: string, help: string, value: () => number): void {
		new Gauge({
			name,
			help,
			registers: [this.#registry],
			collect() {
				this.set(value());
			}
		});
	}
}

import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

/** Which part of the app a request was for: few values, where routes are many. */
export function areaOf(route: string | null): string {
	if (route === null) return 'unknown';
	if (route.startsWith('/api/')) return 'api';
	if (route.startsWith('/webhooks/')) return 'webhook';
	if (route.startsWith('/health/') || route === '/metrics') return 'probe';
	return route.includes('/export') ? 'export' : 'page';
}

/** Requests, refusals and what was logged about them. */
export class AccessMetrics {
	readonly #requests: Counter<'area' | 'status'>;
	readonly #duration: Histogram<'area'>;
	readonly #limited: Counter<'limiter'>;
	readonly #logged: Counter<'level'>;

	constructor(registry: Registry) {
		const registers = [registry];
		this.#requests = new Counter({
			name: 'sellary_http_requests_total',
			help: 'HTTP requests by area and class of status.',
			labelNames: ['area', 'status'],
			registers
		});
		this.#duration = new Histogram({
			name: 'sellary_http_request_duration_seconds',
			help: 'How long HTTP requests took until their answer began.',
			labelNames: ['area'],
			buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
			registers
		});
		this.#limited = new Counter({
			name: 'sellary_rate_limited_total',
			help: 'Attempts refused because an allowance was used up.',
			labelNames: ['limiter'],
			registers
		});
		this.#logged = new Counter({
			name: 'sellary_log_messages_total',
			help: 'Lines of the log by level.',
			labelNames: ['level'],
			registers
		});
	}

	/** `route`: the route's id, e.g. `/(app)/shows/[id]`; null for an address that nobody answers. */
	readonly requested = (route: string | null, status: number, durationMs: number): void => {
		const area = areaOf(route);
		this.#requests.inc({ area, status: `${Math.floor(status / 100)}xx` });
		this.#duration.observe({ area }, durationMs / 1_000);
	};

	readonly limited = (limiter: string): void => {
		this.#limited.inc({ limiter });
	};

	readonly logged = (level: string): void => {
		this.#logged.inc({ level });
	};
}

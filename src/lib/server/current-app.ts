import type { ExportSlots } from './exports/slots.ts';
import type { HealthCheck } from './observability/health.ts';
import type { Metrics } from './observability/metrics.ts';
import type { ForgeryLimit } from './protection/forgery-limit.ts';
import type { RequestGate } from './request-gate.ts';
import type { LiveSocket } from './trpc/websocket.ts';
import type { ApiServices } from './trpc/services.ts';

/** What the web process runs. */
export type WebApp = {
	readonly services: ApiServices;
	readonly socket: LiveSocket;
	readonly metrics: Metrics;
	readonly health: HealthCheck;
	readonly gate: RequestGate;
	/** Who calls the webhooks without Meta's signature. */
	readonly forgeries: ForgeryLimit;
	/** The downloads that are being made. */
	readonly exports: ExportSlots;
	close(): Promise<void>;
};

// This module imports nothing at runtime. So the development server keeps it when it loads changed
// modules anew, and the app that they made before can be found and closed.
let current: WebApp | null = null;

/** The app of this process; null before it has started. */
export function findApp(): WebApp | null {
	return current;
}

/** The app of this process. Throws before it has started. */
export function currentApp(): WebApp {
	if (!current) throw new Error('the app has not started');
	return current;
}

/** Puts an app in place and returns the one before. */
export function replaceApp(next: WebApp | null): WebApp | null {
	const previous = current;
	current = next;
	return previous;
}

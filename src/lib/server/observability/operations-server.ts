import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MetricsSettings } from '../config/metrics.ts';
import { answerLive, answerReady } from './answer-health.ts';
import { answerMetrics } from './answer-metrics.ts';
import type { HealthCheck } from './health.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

/** Probes and scrapers are few; more than this is somebody else. */
const MAX_CONNECTIONS = 50;
const REQUEST_TIMEOUT_MS = 10_000;

export type OperationsOptions = {
	readonly settings: MetricsSettings;
	readonly metrics: Metrics;
	readonly health: HealthCheck;
	readonly logger: Logger;
};

export type OperationsServer = { close(): Promise<void> };

async function answer(
	{ url, method, headers }: IncomingMessage,
	{ metrics, health, settings }: OperationsOptions
): Promise<Response> {
	if (method !== 'GET' && method !== 'HEAD') {
		return new Response('Method not allowed', { status: 405, headers: { allow: 'GET, HEAD' } });
	}
	switch ((url ?? '').split('?', 1)[0]) {
		case '/health/live':
			return answerLive();
		case '/health/ready':
			return await answerReady(health);
		case '/metrics': {
			const authorization = headers.authorization ?? null;
			return await answerMetrics(metrics, { token: settings.token, authorization });
		}
		default:
			return new Response('Not found', { status: 404 });
	}
}

async function send(response: Response, to: ServerResponse): Promise<void> {
	to.writeHead(response.status, Object.fromEntries(response.headers));
	to.end(await response.text());
}

/**
 * Serves health checks and metrics on a port of their own (`METRICS_PORT`), whatever the role: a worker
 * serves no pages, and a web server that drains takes no new connections on its own port. Null when no port
 * is set. Throws when the port can't be had.
 */
export async function startOperationsServer(
	options: OperationsOptions
): Promise<OperationsServer | null> {
	const { settings, metrics, logger } = options;
	metrics.watchProcess();
	if (!settings.listener) return null;
	const server = createServer((request, response) => {
		answer(request, options)
			.then((answered) => send(answered, response))
			.catch((error: unknown) => {
				logger.error({ err: error }, 'a probe could not be answered');
				response.destroy();
			});
	});
	server.maxConnections = MAX_CONNECTIONS;
	server.requestTimeout = REQUEST_TIMEOUT_MS;
	server.headersTimeout = REQUEST_TIMEOUT_MS;
	const { host, port } = settings.listener;
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, host, resolve);
	});
	logger.info({ port }, 'health checks and metrics are served');
	return {
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			})
	};
}

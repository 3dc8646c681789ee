import type { Server } from 'node:http';
import { securityHeaders } from './security-headers.ts';

/** A request's headers; Node cuts the connection of who sends them more slowly. */
const HEADERS_TIMEOUT_MS = 10_000;
/** A whole request. A recorded show of 12 MB passes at 1 Mbit/s. */
const REQUEST_TIMEOUT_MS = 120_000;
/** How often Node looks for those that are late (`connectionsCheckingInterval`; its default is 30 s). */
const CHECK_INTERVAL_MS = 2_000;
/** Longer than the 60 s that common proxies keep idle connections, or they would write into closed ones. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** A connection on which nothing moves, e.g. a download that nobody reads. WebSockets have their own. */
const SILENCE_TIMEOUT_MS = 120_000;
const MAX_CONNECTIONS = 10_000;

/**
 * Bounds an HTTP server that is about to listen: time, connections, and the headers of its responses.
 * adapter-node's KEEP_ALIVE_TIMEOUT and HEADERS_TIMEOUT win when they are set. https://nodejs.org/api/http.html
 */
export function protectHttpServer(
	server: Server,
	{ https, env }: { readonly https: boolean; readonly env: NodeJS.ProcessEnv }
): void {
	if (!env['HEADERS_TIMEOUT']) server.headersTimeout = HEADERS_TIMEOUT_MS;
	if (!env['KEEP_ALIVE_TIMEOUT']) server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
	server.requestTimeout = REQUEST_TIMEOUT_MS;
	server.timeout = SILENCE_TIMEOUT_MS;
	server.maxConnections = MAX_CONNECTIONS;
	// Read when the server begins to listen, which is after this.
	Reflect.set(server, 'connectionsCheckingInterval', CHECK_INTERVAL_MS);
	const headers = Object.entries(securityHeaders(https));
	server.prependListener('request', (_request, response) => {
		// What the application sets takes their place.
		for (const [name, value] of headers) response.setHeader(name, value);
	});
}

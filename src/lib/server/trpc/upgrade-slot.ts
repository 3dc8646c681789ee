import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** Where consoles open their WebSocket. */
export const LIVE_SOCKET_PATH = '/api/trpc-ws';

export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * The HTTP server stands outside of the built app (adapter-node's server, Vite's in development), the
 * handler inside. They meet at this place on `globalThis`, since they are loaded as separate modules.
 */
const SLOT = Symbol.for('sellary.upgrade');

function isUpgradeHandler(value: unknown): value is UpgradeHandler {
	return typeof value === 'function';
}

/** Sets who handles upgrades from now on; null while the app is not there. */
export function setUpgradeHandler(handler: UpgradeHandler | null): void {
	Reflect.set(globalThis, SLOT, handler);
}

/**
 * Hands an upgrade to the app. Returns false, and leaves the socket alone, for other paths: in
 * development Vite's own socket shares the server.
 */
export function dispatchUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
	if (request.url?.split('?', 1)[0] !== LIVE_SOCKET_PATH) return false;
	const handler: unknown = Reflect.get(globalThis, SLOT);
	if (isUpgradeHandler(handler)) handler(request, socket, head);
	else refuseUpgrade(socket, 503, 'The server is starting.', 1);
	return true;
}

const REASONS = {
	401: 'Unauthorized',
	403: 'Forbidden',
	404: 'Not Found',
	429: 'Too Many Requests',
	500: 'Internal Server Error',
	503: 'Service Unavailable'
} as const;

/**
 * Answers an upgrade request with an HTTP error and closes the connection. `retryAfterSeconds`: when the
 * same may work; null when trying again does not help.
 */
export function refuseUpgrade(
	socket: Duplex,
	status: keyof typeof REASONS,
	message: string,
	retryAfterSeconds: number | null = null
): void {
	if (socket.destroyed || socket.writableEnded) return;
	const body = `${message}\n`;
	socket.once('finish', () => socket.destroy());
	socket.end(
		[
			`HTTP/1.1 ${status} ${REASONS[status]}`,
			'Connection: close',
			'Content-Type: text/plain; charset=utf-8',
			`Content-Length: ${Buffer.byteLength(body)}`,
			...(retryAfterSeconds === null ? [] : [`Retry-After: ${retryAfterSeconds}`]),
			'',
			body
		].join('\r\n')
	);
}

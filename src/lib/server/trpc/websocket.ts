import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { clientAddress } from '../auth/client-address.ts';
import type { Member } from '../auth/member.ts';
import { isOwnUpgrade } from '../auth/request-origin.ts';
import { readSessionCookie } from '../auth/session-cookie.ts';
import { AppError } from '../errors.ts';
import type { ApiContext } from './api-context.ts';
import { isUnexpected } from './errors.ts';
import type { LiveConnection } from './live-connection.ts';
import { createLiveEncoder } from './live-encoder.ts';
import { isOutage } from './outage.ts';
import type { AppRouter } from './router.ts';
import type { ApiServices } from './services.ts';
import { refuseUpgrade } from './upgrade-slot.ts';

/** Largest message that a client may send. */
const MAX_PAYLOAD_BYTES = 64 * 1024;
/** Most calls in one message. */
const MAX_BATCH_CALLS = 20;
const MAX_SUBSCRIPTIONS_PER_CONNECTION = 20;
const MAX_CONNECTIONS_PER_USER = 50;
const KEEP_ALIVE = { enabled: true, pingMs: 30_000, pongWaitMs: 5_000 };
/** How long closing sockets may take to say goodbye before they are cut. */
const CLOSE_GRACE_MS = 250;
/** WebSocket close code "service restart" (RFC 6455 registry). */
const SERVICE_RESTART = 1012;

export type LiveSocketOptions = {
	readonly services: ApiServices;
	readonly router: AppRouter;
};

export type LiveSocket = {
	/**
	 * Takes over an upgrade request of `LIVE_SOCKET_PATH`. Origin and session are checked first; a
	 * request that fails is answered over HTTP: 403 foreign, 401 signed out, 429 too many connections,
	 * 503 outage or shutting down.
	 */
	handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
	/** Sends every client away to connect anew and resume elsewhere. Done within half a second. */
	close(): Promise<void>;
	readonly connectionCount: number;
};

/** What tRPC sends is JSON, whether it was encoded for this socket or, as bytes, for all of them. */
class TextSocket extends WebSocket {
	override send(data: string | Uint8Array): void {
		super.send(data, { binary: false });
	}
}

type Admission = { readonly member: Member; readonly address: string };

function createConnection(socket: WebSocket): LiveConnection {
	let subscriptions = 0;
	return {
		id: randomUUID(),
		bufferedBytes: () => socket.bufferedAmount,
		terminate: () => socket.terminate(),
		claimSubscription: () => {
			if (subscriptions >= MAX_SUBSCRIPTIONS_PER_CONNECTION) {
				throw new AppError('RATE_LIMITED', {
					message: `One connection can watch at most ${MAX_SUBSCRIPTIONS_PER_CONNECTION} shows.`
				});
			}
			subscriptions++;
			return {
				[Symbol.dispose]: () => {
					subscriptions--;
				}
			};
		}
	};
}

/** The tRPC router over WebSocket (docs/decisions/0002-websocket-transport.md). */
export function createLiveSocket({ services, router }: LiveSocketOptions): LiveSocket {
	const { auth, config, logger } = services;
	const server = new WebSocketServer({
		noServer: true,
		WebSocket: TextSocket,
		maxPayload: MAX_PAYLOAD_BYTES,
		perMessageDeflate: false
	});
	const contexts = new WeakMap<WebSocket, ApiContext>();
	const connectionsOf = new Map<string, number>();
	let closing = false;

	const handler = applyWSSHandler({
		wss: server,
		router,
		keepAlive: KEEP_ALIVE,
		maxBatchSize: MAX_BATCH_CALLS,
		experimental_encoder: createLiveEncoder(),
		createContext: ({ res }) => {
			const context = contexts.get(res);
			if (!context) throw new Error('a socket was connected past handleUpgrade');
			return context;
		},
		onError: ({ error, path, type, ctx }) => {
			const requestId = ctx?.requestId;
			if (type === 'unknown') logger.debug({ err: error, requestId }, 'socket error');
			else if (isUnexpected(error)) {
				logger.error({ err: error, requestId, procedure: path }, 'procedure failed');
			}
		}
	});

	function countConnection(userId: string, change: 1 | -1): void {
		const count = (connectionsOf.get(userId) ?? 0) + change;
		if (count === 0) connectionsOf.delete(userId);
		else connectionsOf.set(userId, count);
	}

	function connect(
		socket: WebSocket,
		request: IncomingMessage,
		{ member, address }: Admission
	): void {
		const connection = createConnection(socket);
		countConnection(member.userId, 1);
		socket.once('close', () => countConnection(member.userId, -1));
		contexts.set(socket, {
			services,
			requestId: connection.id,
			clientAddress: address,
			member,
			transport: 'socket',
			cookies: null,
			connection
		});
		server.emit('connection', socket, request);
	}

	function addressOf(request: IncomingMessage): string {
		const header = config.trustedProxyHeader;
		const forwarded = header === null ? undefined : request.headers[header];
		return clientAddress({
			peer: request.socket.remoteAddress,
			forwarded: Array.isArray(forwarded) ? forwarded.at(-1) : forwarded
		});
	}

	async function admit(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
		const { origin, host, cookie } = request.headers;
		if (closing) return refuseUpgrade(socket, 503, 'The server is restarting.');
		if (!isOwnUpgrade({ origin, host, configured: config.origin })) {
			return refuseUpgrade(socket, 403, new AppError('BAD_ORIGIN').message);
		}
		const sessionId = readSessionCookie(cookie);
		const member = sessionId === null ? null : await auth.validateSession(sessionId);
		if (socket.destroyed) return;
		if (closing) return refuseUpgrade(socket, 503, 'The server is restarting.');
		if (!member) return refuseUpgrade(socket, 401, new AppError('SIGNED_OUT').message);
		if ((connectionsOf.get(member.userId) ?? 0) >= MAX_CONNECTIONS_PER_USER) {
			return refuseUpgrade(socket, 429, 'Too many open consoles. Please close some.');
		}
		server.handleUpgrade(request, socket, head, (webSocket) => {
			connect(webSocket, request, { member, address: addressOf(request) });
		});
	}

	return {
		handleUpgrade(request, socket, head) {
			// A client that leaves meanwhile is no error of ours, but unheard it would end the process.
			const ignore = () => undefined;
			socket.on('error', ignore);
			admit(request, socket, head)
				.catch((error: unknown) => {
					logger.error({ err: error }, 'socket not admitted');
					if (isOutage(error)) refuseUpgrade(socket, 503, new AppError('UNAVAILABLE').message);
					else refuseUpgrade(socket, 500, 'Something went wrong on our side.');
				})
				.finally(() => {
					// From here on ws listens, or the socket is closed.
					if (!socket.destroyed && !socket.writableEnded) socket.off('error', ignore);
				});
		},

		async close() {
			closing = true;
			handler.broadcastReconnectNotification();
			const closed = [...server.clients].map(
				(client) => new Promise<void>((resolve) => void client.once('close', () => resolve()))
			);
			for (const client of server.clients) client.close(SERVICE_RESTART, 'restarting');
			const timer = setTimeout(() => {
				for (const client of server.clients) client.terminate();
			}, CLOSE_GRACE_MS);
			await Promise.all(closed);
			clearTimeout(timer);
			server.close();
		},

		get connectionCount() {
			return server.clients.size;
		}
	};
}

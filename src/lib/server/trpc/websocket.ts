import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { addressGroup, upgradeAddress } from '../auth/client-address.ts';
import type { Member } from '../auth/member.ts';
import { isOwnUpgrade } from '../auth/request-origin.ts';
import { readSessionCookie } from '../auth/session-cookie.ts';
import { AppError } from '../errors.ts';
import { InFlight } from '../protection/in-flight.ts';
import { OpenCounts } from '../protection/open-counts.ts';
import type { Cap } from '../protection/open-counts.ts';
import type { ApiContext } from './api-context.ts';
import { findAppError, isUnexpected, retryAfterSeconds } from './errors.ts';
import { createLiveEncoder } from './live-encoder.ts';
import type { AppRouter } from './router.ts';
import type { ApiServices } from './services.ts';
import { sendAway } from './send-away.ts';
import { guardConnection } from './socket-connection.ts';
import type { GuardedConnection } from './socket-connection.ts';
import { refuseUpgrade } from './upgrade-slot.ts';

/** Largest message that a client may send. */
const MAX_PAYLOAD_BYTES = 64 * 1024;
/** Most calls in one message. */
const MAX_BATCH_CALLS = 20;
const MAX_CONNECTIONS_PER_USER = 50;
/** Upgrades whose session is being looked up at the same time. */
const MAX_UPGRADES_IN_FLIGHT = 200;
const IDLE_CHECK_MS = 15_000;
const KEEP_ALIVE = { enabled: true, pingMs: 30_000, pongWaitMs: 5_000 };
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
	/**
	 * Sends every client away to connect anew and resume elsewhere (send-away.ts). Done within three
	 * seconds, and much sooner with few clients.
	 */
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

const TOO_MANY = 'Too many open consoles. Please close some.';
/** `Retry-After` in seconds: other places must be given back first, or another process must be up. */
const RETRY_LATER = 10;
const RETRY_SOON = 1;

/** The tRPC router over WebSocket (docs/decisions/0002-websocket-transport.md). */
export function createLiveSocket({ services, router }: LiveSocketOptions): LiveSocket {
	const { auth, config, limits, logger } = services;
	const server = new WebSocketServer({
		noServer: true,
		WebSocket: TextSocket,
		maxPayload: MAX_PAYLOAD_BYTES,
		perMessageDeflate: false
	});
	const contexts = new WeakMap<WebSocket, ApiContext>();
	/** Upgrades that are being looked at: they would keep a server that ends waiting. */
	const pending = new Set<Duplex>();
	const connections = new Map<WebSocket, GuardedConnection>();
	const open = new OpenCounts();
	const upgrades = new InFlight(MAX_UPGRADES_IN_FLIGHT, limits.countRefusal);
	const idleTimer = setInterval(() => {
		for (const connection of connections.values()) connection.cutIfIdle(performance.now());
	}, IDLE_CHECK_MS);
	idleTimer.unref();
	let closing = false;

	applyWSSHandler({
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

	function connect(
		socket: WebSocket,
		request: IncomingMessage,
		{ member, address }: Admission
	): void {
		const connection = guardConnection(socket, (reason) => {
			logger.warn({ requestId: connection.id, reason }, 'socket cut');
		});
		connections.set(socket, connection);
		socket.once('close', () => connections.delete(socket));
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

	/** Takes places that are given back when the connection ends, whatever it has become by then. */
	function claimUntilClosed(socket: Duplex, ...caps: readonly Cap[]): boolean {
		const release = open.claim(...caps);
		if (release) socket.once('close', release);
		return release !== null;
	}

	async function admit(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
		const { origin, host, cookie } = request.headers;
		if (closing) return refuseUpgrade(socket, 503, 'The server is restarting.', RETRY_SOON);
		if (!isOwnUpgrade({ origin, host, configured: config.origin })) {
			return refuseUpgrade(socket, 403, new AppError('BAD_ORIGIN').message);
		}
		const address = upgradeAddress(request, config.trustedProxyHeader);
		limits.admitUpgrade(address);
		const group = addressGroup(address);
		const addressCap = { key: `address ${group}`, limit: config.limits.addressSockets };
		if (!claimUntilClosed(socket, addressCap)) {
			limits.countRefusal('open-sockets-of-address');
			return refuseUpgrade(socket, 429, TOO_MANY, RETRY_LATER);
		}
		const sessionId = readSessionCookie(cookie);
		if (sessionId === null) return refuseUpgrade(socket, 401, new AppError('SIGNED_OUT').message);
		const member = await upgrades.run([], () => auth.validateSession(sessionId));
		if (socket.destroyed || socket.writableEnded) return;
		if (closing) return refuseUpgrade(socket, 503, 'The server is restarting.', RETRY_SOON);
		if (!member) return refuseUpgrade(socket, 401, new AppError('SIGNED_OUT').message);
		const claimed = claimUntilClosed(
			socket,
			{ key: `user ${member.userId}`, limit: MAX_CONNECTIONS_PER_USER },
			{ key: `workspace ${member.workspace.id}`, limit: config.limits.workspaceSockets }
		);
		if (!claimed) {
			limits.countRefusal('open-sockets-of-member');
			return refuseUpgrade(socket, 429, TOO_MANY, RETRY_LATER);
		}
		server.handleUpgrade(request, socket, head, (webSocket) => {
			connect(webSocket, request, { member, address });
		});
	}

	return {
		handleUpgrade(request, socket, head) {
			// A client that leaves meanwhile is no error of ours, but unheard it would end the process.
			const ignore = () => undefined;
			socket.on('error', ignore);
			pending.add(socket);
			admit(request, socket, head)
				.catch((error: unknown) => {
					const refusal = findAppError(error);
					if (refusal?.code === 'RATE_LIMITED') {
						return refuseUpgrade(socket, 429, refusal.message, retryAfterSeconds(refusal));
					}
					logger.error({ err: error }, 'socket not admitted');
					if (refusal) refuseUpgrade(socket, 503, refusal.message, retryAfterSeconds(refusal));
					else refuseUpgrade(socket, 500, 'Something went wrong on our side.');
				})
				.finally(() => {
					pending.delete(socket);
					// From here on ws listens, or the socket is closed.
					if (!socket.destroyed && !socket.writableEnded) socket.off('error', ignore);
				});
		},

		async close() {
			closing = true;
			clearInterval(idleTimer);
			for (const socket of pending) {
				refuseUpgrade(socket, 503, 'The server is restarting.', RETRY_SOON);
			}
			await sendAway([...server.clients]);
			server.close();
		},

		get connectionCount() {
			return server.clients.size;
		}
	};
}

import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { AppError } from '../errors.ts';
import { TokenBuckets } from '../protection/token-buckets.ts';
import type { LiveConnection } from './live-connection.ts';

const MAX_SUBSCRIPTIONS_PER_CONNECTION = 20;
/** A console sends a message per subscription and a ping every ten seconds. */
const MESSAGES = { perSecond: 20, burst: 100 };
/**
 * Answers that a client does not read pile up here; beyond it the client is cut. Snapshots count apart: one that
 * is larger would else be cut at the first ping on a slow link, and be sent again and again.
 */
const MAX_BACKLOG_BYTES = 8 * 1024 * 1024;
/** A socket that follows nothing and calls nothing for so long is cut. The client leaves after five seconds. */
const IDLE_MS = 60_000;

/** A socket with its limits. */
export type GuardedConnection = LiveConnection & {
	/** Cuts the socket when it has done nothing for too long. `now`: as `performance.now()`. */
	cutIfIdle(now: number): void;
};

/**
 * Watches a socket: one that sends too much, does not read its answers, or idles is cut without a goodbye.
 * Call before anything else listens to its messages.
 */
export function guardConnection(
	socket: WebSocket,
	onCut: (reason: string) => void
): GuardedConnection {
	const messages = new TokenBuckets(MESSAGES);
	/** Of each subscription, the bytes of its last snapshot. */
	const subscriptions = new Map<symbol, number>();
	let activeAt = performance.now();

	const cut = (reason: string): void => {
		// What was read together with the last message is not handled any more.
		socket.removeAllListeners('message');
		socket.terminate();
		onCut(reason);
	};
	const backlogBytes = (): number => {
		let bytes = socket.bufferedAmount;
		for (const snapshotBytes of subscriptions.values()) bytes -= snapshotBytes;
		return bytes;
	};
	const count = (): void => {
		if (messages.take('') > 0) cut('too many messages');
		else if (backlogBytes() > MAX_BACKLOG_BYTES) cut('answers are not read');
	};
	socket.on('message', (data) => {
		// A ping shows that the client is there, not that it needs the socket.
		if (String(data) !== 'PING') activeAt = performance.now();
		count();
	});
	socket.on('ping', count);
	socket.on('pong', count);

	return {
		id: randomUUID(),
		bufferedBytes: () => socket.bufferedAmount,
		backlogBytes,
		terminate: () => socket.terminate(),
		claimSubscription: () => {
			if (subscriptions.size >= MAX_SUBSCRIPTIONS_PER_CONNECTION) {
				throw new AppError('RATE_LIMITED', {
					message: `One connection can watch at most ${MAX_SUBSCRIPTIONS_PER_CONNECTION} shows.`
				});
			}
			const id = Symbol();
			subscriptions.set(id, 0);
			return {
				snapshotSent: (bytes) => {
					subscriptions.set(id, bytes);
				},
				[Symbol.dispose]: () => {
					subscriptions.delete(id);
					activeAt = performance.now();
				}
			};
		},
		cutIfIdle: (now) => {
			if (subscriptions.size === 0 && now - activeAt > IDLE_MS) cut('idle');
		}
	};
}

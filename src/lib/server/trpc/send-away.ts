import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';

/** Clients told to leave per second, so that they do not all come to the next process at once. */
const LEAVING_PER_SECOND = 500;
/** However many there are, all of them have been told by then. */
const MAX_SPREAD_MS = 2_000;
const STEP_MS = 20;
/** How long a client may take to find another process before its socket is closed. */
const MOVE_GRACE_MS = 500;
/** How long a closing socket may take to say goodbye before it is cut. */
const CLOSE_GRACE_MS = 250;
/** WebSocket close code "service restart" (RFC 6455 registry). */
const SERVICE_RESTART = 1012;

/**
 * tRPC's word for "connect anew": its client opens another socket, resumes there from its last event, and
 * keeps this one until the other has begun. So a console misses nothing while another process serves it.
 */
const RECONNECT = JSON.stringify({ id: null, method: 'reconnect' });

/**
 * Asks every client to move to another process, a few at a time, and closes the sockets of those that
 * found none. Resolves when all are closed, after at most 2.75 s.
 */
export async function sendAway(clients: readonly WebSocket[]): Promise<void> {
	const allClosed = Promise.all(clients.map(closed));
	const steps = MAX_SPREAD_MS / STEP_MS;
	const perStep = Math.ceil(
		Math.max((LEAVING_PER_SECOND * STEP_MS) / 1_000, clients.length / steps)
	);
	for (let start = 0; start < clients.length; start += perStep) {
		if (start > 0) await sleep(STEP_MS);
		for (const client of clients.slice(start, start + perStep)) client.send(RECONNECT, ignore);
	}
	await within(MOVE_GRACE_MS, allClosed);
	for (const client of clients) client.close(SERVICE_RESTART, 'restarting');
	await within(CLOSE_GRACE_MS, allClosed);
	for (const client of clients) client.terminate();
	await allClosed;
}

async function closed(client: WebSocket): Promise<void> {
	if (client.readyState === client.CLOSED) return;
	await new Promise<void>((resolve) => void client.once('close', () => resolve()));
}

async function within(ms: number, done: Promise<unknown>): Promise<void> {
	const late = new AbortController();
	const wait = sleep(ms, undefined, { signal: late.signal }).catch(() => undefined);
	await Promise.race([done, wait]);
	late.abort();
}

/** A socket that breaks while it is written to is closed as well. */
function ignore(): void {}

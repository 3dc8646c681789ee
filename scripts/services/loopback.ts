import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** The only address the embedded services listen on. */
export const LOOPBACK = '127.0.0.1';

/**
 * A TCP port on the loopback address that was free a moment ago. Another program may take it before
 * the caller does, so callers try again with a new one (`withFreePort`).
 */
export async function freePort(): Promise<number> {
	const server = createServer();
	server.listen(0, LOOPBACK);
	await once(server, 'listening');
	const address = server.address();
	server.close();
	await once(server, 'close');
	if (address === null || typeof address === 'string') throw new Error('The port has no number.');
	return address.port;
}

/** Thrown by a service's start when its port was taken meanwhile. */
export class PortTakenError extends Error {}

/**
 * Runs `start` with a free port, and again with another one (five times at most) while it throws
 * `PortTakenError`.
 */
export async function withFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
	for (let attempt = 1; ; attempt++) {
		try {
			return await start(await freePort());
		} catch (error) {
			if (!(error instanceof PortTakenError) || attempt === 5) throw error;
		}
	}
}

/**
 * Sends one command to a Redis on the loopback address over a connection of its own, and returns
 * the first line of the reply without its line end (`+PONG`).
 *
 * @throws Error when nothing answers within `timeout_ms`.
 */
export async function redisCommand(
	port: number,
	command: string,
	timeout_ms = 2_000
): Promise<string> {
	const socket = connect(port, LOOPBACK);
	const expired = setTimeout(() => {
		socket.destroy(new Error(`Nothing answered on port ${port} within ${timeout_ms} ms.`));
	}, timeout_ms);
	try {
		socket.write(`${command}\r\n`);
		let reply = '';
		for await (const chunk of socket) {
			reply += String(chunk);
			const end = reply.indexOf('\r\n');
			if (end >= 0) return reply.slice(0, end);
		}
		throw new Error(`Port ${port} closed the connection without a reply.`);
	} finally {
		clearTimeout(expired);
		socket.destroy();
	}
}

/** Waits for a time, or less when `signal` is aborted. */
export function sleep(duration_ms: number, signal?: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, duration_ms);
		signal?.addEventListener('abort', () => {
			clearTimeout(timer);
			resolve();
		});
	});
}

import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { SESSION_COOKIE } from '../../src/lib/server/auth/session-cookie.ts';
import { LIVE_SOCKET_PATH } from '../../src/lib/server/trpc/upgrade-slot.ts';
import { PASSWORD } from './fixtures.ts';
import type { Account, Server } from './fixtures.ts';

// What no browser sends, straight onto a TCP connection.

/** A connection to the server, and everything that it answers until it ends. */
export type RawConnection = {
	readonly socket: Socket;
	readonly answer: Promise<string>;
	/** Resolves when it has begun to answer, or has ended without. */
	readonly begun: Promise<void>;
	/** Milliseconds until the server ended the connection. */
	readonly lasted: Promise<number>;
};

export async function openRaw(server: Server): Promise<RawConnection> {
	const { hostname, port } = new URL(server.app.origin);
	const socket = connect(Number(port), hostname);
	socket.on('error', () => undefined);
	let text = '';
	socket.on('data', (chunk) => (text += chunk.toString()));
	const ended = once(socket, 'close');
	const begun = new Promise<void>((resolve) => {
		socket.once('data', () => resolve());
		socket.once('close', () => resolve());
	});
	await once(socket, 'connect');
	const startedAt = performance.now();
	return {
		socket,
		begun,
		answer: ended.then(() => text),
		lasted: ended.then(() => performance.now() - startedAt)
	};
}

/** Sends a byte of `text` again and again until the server has had enough. */
export async function drip(
	{ socket }: RawConnection,
	text: string,
	everyMs: number
): Promise<void> {
	for (let n = 0; !socket.destroyed && n < 1_000; n++) {
		socket.write(text[n % text.length] ?? 'x');
		await sleep(everyMs);
	}
}

/** Headers of somebody who came from `address` through the proxy, signed in when there is a session. */
export function comingFrom(address: string, session?: string): Record<string, string> {
	return {
		'x-forwarded-for': address,
		...(session === undefined ? {} : { cookie: `${SESSION_COOKIE}=${session}` })
	};
}

/** A session of the account. */
export async function sessionOf(server: Server, account: Account): Promise<string> {
	const { email } = account;
	const address = `198.51.100.${Math.floor(Math.random() * 256)}`;
	const { sessionId } = await server.context.auth.signIn(
		{ email, password: PASSWORD },
		{ address }
	);
	return sessionId;
}

export type Upgrade = {
	/** 101, or the status of the refusal. */
	readonly status: number;
	readonly retryAfter: string | undefined;
	readonly socket: WebSocket;
};

/** Asks for a console's socket. */
export async function upgrade(server: Server, address: string, session: string): Promise<Upgrade> {
	const { origin } = server.app;
	const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}${LIVE_SOCKET_PATH}`, {
		headers: { ...comingFrom(address, session), origin }
	});
	socket.on('error', () => undefined);
	return await new Promise((resolve) => {
		socket.once('open', () => resolve({ status: 101, retryAfter: undefined, socket }));
		socket.once('unexpected-response', (_request, response) => {
			const { statusCode = 0, headers } = response;
			response.resume();
			resolve({ status: statusCode, retryAfter: headers['retry-after'], socket });
		});
	});
}

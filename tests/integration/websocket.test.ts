import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { LiveMessage } from '../../src/lib/domain/live-show.ts';
import type { Member } from '../../src/lib/server/auth/member.ts';
import { SESSION_COOKIE } from '../../src/lib/server/auth/session-cookie.ts';
import { createCaller } from '../../src/lib/server/trpc/caller.ts';
import { devRouter } from '../../src/lib/server/trpc/router.ts';
import type { AppRouter } from '../../src/lib/server/trpc/router.ts';
import {
	LIVE_SOCKET_PATH,
	dispatchUpgrade,
	refuseUpgrade,
	setUpgradeHandler
} from '../../src/lib/server/trpc/upgrade-slot.ts';
import { createLiveSocket } from '../../src/lib/server/trpc/websocket.ts';
import type { LiveSocket } from '../../src/lib/server/trpc/websocket.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { freeAddresses } from './people.ts';

let app: TestContext;
let live: LiveSocket;
let port: number;
let member: Member;
const server = createServer();
const tcpSockets = new Set<Socket>();
const closers: (() => void)[] = [];
let people = 0;

async function register(name: string): Promise<Member> {
	const input = {
		email: `${name}@example.com`,
		password: 'correct horse',
		name,
		workspaceName: name
	};
	return await app.auth.register(input, { address: `198.51.100.${++people}` });
}

async function showOf(owner: Member): Promise<string> {
	const showId = await app.show({ '12': 1 });
	await app.db
		.updateTable('shows')
		.set({ workspace_id: owner.workspace.id })
		.where('id', '=', showId)
		.execute();
	return showId;
}

function startSocket(): void {
	live = createLiveSocket({ services: app, router: devRouter });
	setUpgradeHandler(live.handleUpgrade);
}

beforeAll(async () => {
	app = await createTestContext();
	member = await register('owner');
	startSocket();
	server.on('connection', (socket) => {
		tcpSockets.add(socket);
		socket.once('close', () => tcpSockets.delete(socket));
	});
	server.on('upgrade', (request, socket, head) => {
		// The WebSocket of browsers takes no headers; here the address says which ones to send.
		const session = new URL(request.url ?? '', 'http://test').searchParams.get('session');
		if (session !== null) Object.assign(request.headers, headersFor({ session }));
		if (!dispatchUpgrade(request, socket, head)) refuseUpgrade(socket, 404, 'Not found.');
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no TCP port');
	port = address.port;
});
beforeEach(async () => {
	await freeAddresses(app);
	// Whoever failed while the socket was shut leaves it so.
	await live.close();
	startSocket();
});
afterEach(() => {
	for (const close of closers.splice(0)) close();
});
afterAll(async () => {
	await live.close();
	setUpgradeHandler(null);
	server.close();
	await app.close();
});

type ConnectOptions = {
	readonly origin?: string | null;
	readonly session?: string | null;
	readonly path?: string;
};

function headersFor({ origin, session }: ConnectOptions): Record<string, string> {
	const from = origin === undefined ? `http://127.0.0.1:${port}` : origin;
	const id = session === undefined ? member.sessionId : session;
	return {
		...(from === null ? {} : { origin: from }),
		...(id === null ? {} : { cookie: `theme=dark; ${SESSION_COOKIE}=${id}` })
	};
}

function open(options: ConnectOptions = {}): WebSocket {
	const socket = new WebSocket(`ws://127.0.0.1:${port}${options.path ?? LIVE_SOCKET_PATH}`, {
		headers: headersFor(options)
	});
	socket.on('error', () => undefined);
	closers.push(() => socket.terminate());
	return socket;
}

async function connected(options: ConnectOptions = {}): Promise<WebSocket> {
	const socket = open(options);
	await once(socket, 'open');
	return socket;
}

/** The HTTP status that an upgrade was refused with; 101 when it was not. */
async function statusOf(options: ConnectOptions): Promise<number> {
	const socket = open(options);
	return await new Promise((resolve) => {
		socket.once('open', () => resolve(101));
		socket.once('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
	});
}

/** The messages of a raw socket, one at a time. */
function reader(socket: WebSocket): () => Promise<Record<string, unknown>> {
	const messages: Record<string, unknown>[] = [];
	const waiting: ((message: Record<string, unknown>) => void)[] = [];
	socket.on('message', (data) => {
		const message: Record<string, unknown> = JSON.parse(String(data));
		const next = waiting.shift();
		if (next) next(message);
		else messages.push(message);
	});
	return () => {
		const message = messages.shift();
		return message ? Promise.resolve(message) : new Promise((resolve) => waiting.push(resolve));
	};
}

function call(socket: WebSocket, id: number, method: string, path: string, input: unknown): void {
	socket.send(JSON.stringify({ id, method, params: { path, input } }));
}

/** The typed client that consoles use. */
function consoleClient(session: string) {
	const client = createWSClient({
		url: `ws://127.0.0.1:${port}${LIVE_SOCKET_PATH}?session=${session}`,
		retryDelayMs: () => 20
	});
	closers.push(() => void client.close());
	return createTRPCClient<AppRouter>({ links: [wsLink({ client })] });
}

describe('the upgrade', () => {
	test('is served to our own pages with a session', async () => {
		expect(await statusOf({})).toBe(101);
	});

	test.each([
		['another site', { origin: 'https://evil.example' }, 403],
		['another port of this host', { origin: 'http://127.0.0.1:1' }, 403],
		['no browser', { origin: null }, 403],
		['nobody signed in', { session: null }, 401],
		['a session that does not exist', { session: 'a'.repeat(40) }, 401],
		['another path', { path: '/elsewhere' }, 404]
	] as const)('is refused for %s', async (_, options, status) => {
		expect(await statusOf(options)).toBe(status);
	});

	test('is refused after signing out', async () => {
		const leaver = await register('leaver');
		await app.auth.signOut(leaver.sessionId);
		expect(await statusOf({ session: leaver.sessionId })).toBe(401);
	});

	test('is limited to fifty sockets of one person', async () => {
		const many = await register('many');
		await Promise.all(Array.from({ length: 50 }, () => connected({ session: many.sessionId })));
		expect(await statusOf({ session: many.sessionId })).toBe(429);
		expect(await statusOf({})).toBe(101);
	});
});

describe('a socket', () => {
	test('answers PING with PONG', async () => {
		const socket = await connected();
		socket.send('PING');
		const [data] = await once(socket, 'message');
		expect(String(data)).toBe('PONG');
	});

	test('is closed for a message over 64 KB, and the server goes on', async () => {
		const socket = await connected();
		socket.send('x'.repeat(64 * 1024 + 1));
		const [code] = await once(socket, 'close');
		expect(code).toBe(1009);
		expect(await statusOf({})).toBe(101);
	});

	test('answers nonsense with an error without a stack', async () => {
		const socket = await connected();
		const next = reader(socket);
		socket.send('{"half');
		const answer = await next();
		expect(answer).toHaveProperty('error.data.code', 'PARSE_ERROR');
		expect(JSON.stringify(answer)).not.toContain('stack');
	});

	test('takes twenty subscriptions and refuses the next', async () => {
		const showId = await showOf(member);
		const socket = await connected();
		const next = reader(socket);
		for (let id = 1; id <= 21; id++) call(socket, id, 'subscription', 'live.show', { showId });
		for (;;) {
			const message = await next();
			if (!('error' in message)) continue;
			expect(message).toHaveProperty('error.data.appCode', 'RATE_LIMITED');
			break;
		}
	});

	test('can’t watch another workspace’s show', async () => {
		const showId = await showOf(await register('stranger'));
		const socket = await connected();
		const next = reader(socket);
		call(socket, 1, 'subscription', 'live.show', { showId });
		expect(await next()).toHaveProperty('error.data.appCode', 'SHOW_NOT_FOUND');
	});

	test('loses its rights with the session, without being cut', async () => {
		const leaver = await register('leaver2');
		const socket = await connected({ session: leaver.sessionId });
		const next = reader(socket);
		call(socket, 1, 'query', 'shows.list', {});
		expect(await next()).toHaveProperty('result.data.shows', []);
		await app.auth.signOut(leaver.sessionId);
		call(socket, 2, 'query', 'shows.list', {});
		expect(await next()).toHaveProperty('error.data.appCode', 'SIGNED_OUT');
	});

	test('that watches a show is told at once when its member signs out elsewhere', async () => {
		const leaver = await register('leaver3');
		const showId = await showOf(leaver);
		const socket = await connected({ session: leaver.sessionId });
		const next = reader(socket);
		call(socket, 1, 'subscription', 'live.show', { showId });
		while (!JSON.stringify(await next()).includes('snapshot'));
		await createCaller(app, leaver).auth.signOut();
		for (;;) {
			const message = await next();
			if (!('error' in message)) continue;
			expect(message).toHaveProperty('error.data.appCode', 'SIGNED_OUT');
			break;
		}
	});

	test('can’t sign in: no response is left that could carry the cookie', async () => {
		const socket = await connected();
		const next = reader(socket);
		const input = { email: 'owner@example.com', password: 'correct horse' };
		call(socket, 1, 'mutation', 'auth.signIn', input);
		expect(await next()).toHaveProperty('error.data.appCode', 'INVALID_INPUT');
	});
});

describe('a console', () => {
	/** Collects the seqs of a subscription: the snapshot's, then each event's. */
	function watch(showId: string) {
		const seen = { snapshots: 0, seqs: [] as number[], snapshotSeq: 0 };
		const subscription = consoleClient(member.sessionId).live.show.subscribe(
			{ showId },
			{
				onData: ({ data }: { data: LiveMessage }) => {
					if (data.kind === 'snapshot') {
						seen.snapshots++;
						seen.snapshotSeq = data.snapshot.seq;
					} else seen.seqs.push(...data.events.map((event) => event.seq));
				}
			}
		);
		closers.push(() => subscription.unsubscribe());
		return seen;
	}

	test('gets a snapshot, then every event in order', async () => {
		const showId = await showOf(member);
		const seen = watch(showId);
		await expect.poll(() => seen.snapshots).toBe(1);
		for (let n = 0; n < 20; n++) await app.say(showId, `u${n}`, 'hello');
		await expect.poll(() => seen.seqs.length).toBe(20);
		expect(seen.seqs).toEqual(Array.from({ length: 20 }, (_, n) => seen.snapshotSeq + 1 + n));
	});

	test('resumes after lost connections without a gap and without another snapshot', async () => {
		const showId = await showOf(member);
		const seen = watch(showId);
		await expect.poll(() => seen.snapshots).toBe(1);
		for (let n = 0; n < 200; n++) {
			await app.say(showId, `u${n}`, 'hello');
			if (n % 50 === 25) for (const socket of tcpSockets) socket.destroy();
		}
		await expect.poll(() => seen.seqs.length, { timeout: 60_000 }).toBe(200);
		expect(seen.seqs).toEqual(Array.from({ length: 200 }, (_, n) => seen.snapshotSeq + 1 + n));
		expect(seen.snapshots).toBe(1);
	});

	test('goes on with the next process when this one shuts down, fifty at once', async () => {
		const showId = await showOf(member);
		const crowd = await register('crowd');
		const crowdShow = await showOf(crowd);
		const sockets = await Promise.all(
			Array.from({ length: 49 }, async () => {
				const socket = await connected({ session: crowd.sessionId });
				const next = reader(socket);
				call(socket, 1, 'subscription', 'live.show', { showId: crowdShow });
				await next();
				return socket;
			})
		);
		const seen = watch(showId);
		await expect.poll(() => seen.snapshots).toBe(1);
		await expect.poll(() => live.connectionCount).toBe(50);

		const goodbyes = sockets.map(async (socket) => (await once(socket, 'close'))[0] as number);
		const closing = live;
		const startedAt = performance.now();
		await closing.close();
		// One after the other, or cut only when their time is up, would take longer.
		expect(performance.now() - startedAt).toBeLessThan(5_000);
		expect(closing.connectionCount).toBe(0);
		expect(new Set(await Promise.all(goodbyes))).toEqual(new Set([1012]));
		expect(await statusOf({})).toBe(503);

		startSocket();
		await app.say(showId, 'u1', 'sold 12');
		await expect.poll(() => seen.seqs.length).toBe(2);
		expect(seen.snapshots).toBe(1);
	});
});

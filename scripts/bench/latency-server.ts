import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { SESSION_COOKIE } from '../../src/lib/server/auth/session-cookie.ts';
import { Sessions } from '../../src/lib/server/auth/sessions.ts';
import { insertUser } from '../../src/lib/server/auth/users.ts';
import { createAppContext } from '../../src/lib/server/context.ts';
import type { AppContext } from '../../src/lib/server/context.ts';
import { connectRedis } from '../../src/lib/server/redis/connections.ts';
import { routerFor } from '../../src/lib/server/trpc/router.ts';
import { LIVE_SOCKET_PATH } from '../../src/lib/server/trpc/upgrade-slot.ts';
import { createLiveSocket } from '../../src/lib/server/trpc/websocket.ts';
import { answerRequests } from './helper-process.ts';
import { RELAY_CHANNEL, serverRequestSchema } from './latency-messages.ts';
import type { Endpoint, Usage } from './latency-messages.ts';
import { benchConfig } from './workbench.ts';

/*
 * The process between Redis and the sockets: the product with all its roles or as a web server alone, or
 * a bare relay. Parameters: `all`, `web` or `relay`, the Redis URL, the Postgres URL.
 */

const parametersSchema = z.tuple([z.enum(['all', 'web', 'relay']), z.url(), z.url()]);

type Served = {
	readonly endpoint: Endpoint;
	signIn(workspaceId: string, count: number): Promise<string[]>;
	close(): Promise<void>;
};

async function listen(server: Server): Promise<number> {
	// Thousands of sockets are opened at once.
	server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 });
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	return address.port;
}

/** Signs new members of the workspace in, past passwords, which are slow on purpose. */
async function signIn({ db }: AppContext, workspaceId: string, count: number): Promise<string[]> {
	const sessions = new Sessions(db);
	const cookies: string[] = [];
	while (cookies.length < count) {
		const person = { email: `bench-${randomUUID()}@example.com`, name: 'Bench' };
		const userId = await insertUser(db, person, '');
		await db
			.insertInto('members')
			.values({ id: randomUUID(), workspace_id: workspaceId, user_id: userId, role: 'viewer' })
			.execute();
		const member = await sessions.open(userId, workspaceId);
		if (member) cookies.push(`${SESSION_COOKIE}=${member.sessionId}`);
	}
	return cookies;
}

async function serveProduct(
	role: 'all' | 'web',
	redisUrl: string,
	databaseUrl: string
): Promise<Served> {
	const config = benchConfig({ redisUrl, databaseUrl }, role);
	const context = await createAppContext(config);
	const socket = createLiveSocket({ services: context, router: routerFor(config.environment) });
	const server = createServer().on('upgrade', (...upgrade) => socket.handleUpgrade(...upgrade));
	const port = await listen(server);
	return {
		endpoint: { url: `ws://127.0.0.1:${port}${LIVE_SOCKET_PATH}` },
		signIn: (workspaceId, count) => signIn(context, workspaceId, count),
		async close() {
			await socket.close();
			await context.close();
		}
	};
}

/** As little as can stand between SUBSCRIBE and sockets: no batches, no state, no JSON. */
async function serveRelay(redisUrl: string): Promise<Served> {
	const server = createServer();
	const sockets = new WebSocketServer({ server, perMessageDeflate: false });
	const redis = connectRedis({ url: redisUrl, cluster: false }, 'subscriber', () => undefined);
	redis.on('messageBuffer', (_channel: Buffer, message: Buffer) => {
		for (const client of sockets.clients) {
			if (client.readyState === WebSocket.OPEN) client.send(message, { binary: false });
		}
	});
	await redis.subscribe(RELAY_CHANNEL);
	const port = await listen(server);
	return {
		endpoint: { url: `ws://127.0.0.1:${port}/` },
		signIn: async () => [],
		close: async () => redis.disconnect()
	};
}

function usage(collect: boolean): Usage {
	if (collect) globalThis.gc?.();
	const { user, system } = process.cpuUsage();
	const { heapUsed, external, rss } = process.memoryUsage();
	return {
		cpuMicroseconds: user + system,
		liveBytes: heapUsed + external,
		residentBytes: rss
	};
}

const [kind, redisUrl, databaseUrl] = parametersSchema.parse(process.argv.slice(2));
const served =
	kind === 'relay' ? await serveRelay(redisUrl) : await serveProduct(kind, redisUrl, databaseUrl);
answerRequests(
	async (message) => {
		const request = serverRequestSchema.parse(message);
		switch (request.do) {
			case 'endpoint':
				return served.endpoint;
			case 'members':
				return await served.signIn(request.workspaceId, request.count);
			case 'usage':
				return usage(request.collect);
		}
	},
	() => served.close()
);

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { createAppContext } from '../../src/lib/server/context.ts';
import { SESSION_COOKIE } from '../../src/lib/server/auth/session-cookie.ts';
import { connectRedis } from '../../src/lib/server/redis/connections.ts';
import { routerFor } from '../../src/lib/server/trpc/router.ts';
import { LIVE_SOCKET_PATH } from '../../src/lib/server/trpc/upgrade-slot.ts';
import { createLiveSocket } from '../../src/lib/server/trpc/websocket.ts';
import { answerRequests } from './helper-process.ts';
import { RELAY_CHANNEL } from './latency-messages.ts';
import type { Endpoint } from './latency-messages.ts';
import { benchConfig } from './workbench.ts';

/*
 * The process between Redis and the sockets: the product with all its roles, or a bare relay.
 * Parameters: `product` or `relay`, the Redis URL, the Postgres URL. Answers each request with where to
 * connect, and as whom.
 */

const parametersSchema = z.tuple([z.enum(['product', 'relay']), z.url(), z.url()]);
const ACCOUNT = {
	email: `bench-${randomUUID()}@example.com`,
	password: 'correct horse battery',
	name: 'Bench',
	workspaceName: 'Bench'
};

async function listen(server: Server): Promise<number> {
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	return address.port;
}

async function serveProduct(redisUrl: string, databaseUrl: string): Promise<void> {
	const config = benchConfig({ redisUrl, databaseUrl }, 'all');
	const context = await createAppContext(config);
	const socket = createLiveSocket({ services: context, router: routerFor(config.environment) });
	const server = createServer().on('upgrade', (...upgrade) => socket.handleUpgrade(...upgrade));
	const port = await listen(server);
	const { sessionId, workspace } = await context.auth.register(ACCOUNT, { address: '127.0.0.1' });
	const member = { cookie: `${SESSION_COOKIE}=${sessionId}`, workspaceId: workspace.id };
	answerRequests(
		async (): Promise<Endpoint> => ({
			url: `ws://127.0.0.1:${port}${LIVE_SOCKET_PATH}`,
			member
		}),
		async () => {
			await socket.close();
			await context.close();
		}
	);
}

/** As little as can stand between SUBSCRIBE and sockets: no batches, no state, no JSON. */
async function serveRelay(redisUrl: string): Promise<void> {
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
	answerRequests(
		async (): Promise<Endpoint> => ({ url: `ws://127.0.0.1:${port}/`, member: null }),
		async () => redis.disconnect()
	);
}

const [kind, redisUrl, databaseUrl] = parametersSchema.parse(process.argv.slice(2));
if (kind === 'product') await serveProduct(redisUrl, databaseUrl);
else await serveRelay(redisUrl);

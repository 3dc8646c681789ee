import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { createAppContext } from '../../src/lib/server/context.ts';
import type { AppContext } from '../../src/lib/server/context.ts';
import { connectRedis } from '../../src/lib/server/redis/connections.ts';
import { showKey } from '../../src/lib/server/redis/keys.ts';
import { mixedComment } from './bench-shows.ts';
import { answerRequests } from './helper-process.ts';
import { RELAY_CHANNEL, clientRequestSchema } from './latency-messages.ts';
import type { ClientRequest, Latency } from './latency-messages.ts';
import { eachStamp, nowMicroseconds, restamp, stamp } from './latency-stamps.ts';
import { openSocket, subscribe } from './live-socket.ts';
import { percentile } from './statistics.ts';
import { benchConfig } from './workbench.ts';

/*
 * The process that sends comments and receives them again: the load generator and all subscribers of
 * both sides. Parameters: the Redis URL, the Postgres URL. The comments go in as a web process takes them
 * (CommentIntake), or as one PUBLISH each for the relay.
 */

const [redisUrl, databaseUrl] = z.tuple([z.url(), z.url()]).parse(process.argv.slice(2));

/** One comment in ten claims one of so many items. */
const CLAIM_EVERY = 10;
const ITEMS = 50;
/** Published messages that are kept to be sent through the relay: the same bytes. */
const KEPT_MESSAGES = 500;
/** How long the last deliveries may take. */
const ARRIVAL_TIMEOUT_MS = 5_000;

type Side = 'product' | 'relay';
type Connect = ClientRequest & { do: 'connect' };
type Run = ClientRequest & { do: 'run' };

/** Delivery times of the running round, milliseconds; the rest of the array is still free. */
type Round = { readonly startedAt: number; readonly delays: Float64Array; count: number };

const sockets: WebSocket[] = [];
const publishedMessages: string[] = [];
const context: AppContext = await createAppContext(benchConfig({ redisUrl, databaseUrl }, 'web'));
const publisher = connectRedis(context.config.redis, 'commands', () => undefined);
const listener = connectRedis(context.config.redis, 'subscriber', () => undefined);
let round: Round | null = null;
let showId = '';
let sent = 0;

function receive(data: Buffer): void {
	const current = round;
	if (!current) return;
	const now = nowMicroseconds();
	eachStamp(data, (sentAt) => {
		if (sentAt >= current.startedAt) current.delays[current.count++] = (now - sentAt) / 1_000;
	});
}

async function connect(request: Connect): Promise<{ connected: number }> {
	showId = request.showId;
	const channel = showKey(showId, 'live');
	listener.on('smessage', (_channel: string, message: string) => {
		if (publishedMessages.length < KEPT_MESSAGES && message.includes('@@')) {
			publishedMessages.push(message);
		}
	});
	await listener.ssubscribe(channel);
	for (let subscriber = 0; subscriber < request.subscribers; subscriber++) {
		sockets.push(await subscribe(request.productUrl, request.cookie, showId, receive));
		const socket = await openSocket(request.relayUrl, null);
		sockets.push(socket.on('message', receive));
	}
	return { connected: request.subscribers };
}

function send(side: Side): Promise<unknown> {
	const index = sent++;
	if (side === 'relay') {
		const message = publishedMessages[index % publishedMessages.length] ?? '';
		return publisher.publish(RELAY_CHANNEL, restamp(message, nowMicroseconds()));
	}
	const comment = mixedComment(index, CLAIM_EVERY, ITEMS);
	const text = `${comment.text} ${stamp(nowMicroseconds())}`;
	return context.comments.take(showId, { ...comment, text });
}

/** Sends comments at an even pace for some seconds and waits until every subscriber has every one. */
async function run(
	{ side, seconds, commentsPerSecond }: Run,
	subscribers: number
): Promise<Latency> {
	const comments = Math.round(seconds * commentsPerSecond);
	const expected = comments * subscribers;
	const current: Round = {
		startedAt: nowMicroseconds(),
		delays: new Float64Array(expected),
		count: 0
	};
	round = current;
	const startedAt = performance.now();
	const replies: Promise<unknown>[] = [];
	while (replies.length < comments) {
		const due = Math.floor(((performance.now() - startedAt) / 1_000) * commentsPerSecond) + 1;
		while (replies.length < Math.min(due, comments)) replies.push(send(side));
		await sleep(1);
	}
	await Promise.all(replies);
	const deadline = performance.now() + ARRIVAL_TIMEOUT_MS;
	while (current.count < expected && performance.now() < deadline) await sleep(5);
	round = null;
	if (current.count !== expected) {
		throw new Error(`${side}: ${current.count} of ${expected} deliveries arrived`);
	}
	const delays = current.delays.sort();
	return {
		comments,
		deliveries: expected,
		p50Ms: percentile(delays, 0.5),
		p99Ms: percentile(delays, 0.99)
	};
}

let subscribers = 0;
answerRequests(
	async (message) => {
		const request = clientRequestSchema.parse(message);
		if (request.do === 'run') return await run(request, subscribers);
		subscribers = request.subscribers;
		return await connect(request);
	},
	async () => {
		for (const socket of sockets) socket.terminate();
		publisher.disconnect();
		listener.disconnect();
		await context.close();
	}
);

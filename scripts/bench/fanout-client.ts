import type { WebSocket } from 'ws';
import { answerRequests } from './helper-process.ts';
import { fanoutRequestSchema } from './latency-messages.ts';
import type { FanoutRequest } from './latency-messages.ts';
import { openSocket, subscribe } from './live-socket.ts';
import { perSecond } from './rounds.ts';

/*
 * A process that holds thousands of subscribers and counts what comes. Each side has one of its own: ten
 * thousand sockets fill half of the descriptors that a process usually gets.
 */

/** Sockets that are being opened at any time. */
const OPENING = 16;
/** How long all subscribers may take to get a message. */
const ARRIVAL_TIMEOUT_MS = 30_000;

const sockets: WebSocket[] = [];
const abort = new AbortController();
let received = 0;
let example: Buffer | null = null;
let goal = { messages: Infinity, reached: (): void => undefined };

function receive(data: Buffer): void {
	received++;
	example = data;
	if (received >= goal.messages) goal.reached();
}

async function connect(request: FanoutRequest & { do: 'connect' }): Promise<void> {
	const { url, cookies, showId } = request;
	const open = async (index: number): Promise<void> => {
		if (showId === null) {
			sockets.push((await openSocket(url, null)).on('message', receive));
			return;
		}
		const cookie = cookies[index % cookies.length] ?? '';
		sockets.push(await subscribe(url, cookie, showId, receive));
	};
	await perSecond(request.sockets, OPENING, open, abort.signal);
}

async function receiveAll(messages: number): Promise<void> {
	if (received >= messages) return;
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	goal = { messages, reached: resolve };
	const timer = setTimeout(
		() => reject(new Error(`${received} of ${messages} messages arrived`)),
		ARRIVAL_TIMEOUT_MS
	);
	await promise.finally(() => clearTimeout(timer));
}

answerRequests(
	async (message) => {
		const request = fanoutRequestSchema.parse(message);
		if (request.do === 'connect') await connect(request);
		else await receiveAll(request.messages);
		return { example: example?.toString() ?? '' };
	},
	async () => {
		abort.abort();
		for (const socket of sockets) socket.terminate();
	}
);

import { once } from 'node:events';
import { afterAll, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { guardConnection } from './socket-connection.ts';

const MB = 1024 * 1024;
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
afterAll(() => {
	for (const socket of server.clients) socket.terminate();
	server.close();
});

/** A guarded socket of the server with the client at its other end. */
async function connected() {
	if (!server.address()) await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no TCP port');
	const client = new WebSocket(`ws://127.0.0.1:${address.port}`);
	client.on('error', () => undefined);
	const accepted = Promise.withResolvers<WebSocket>();
	server.once('connection', (socket: WebSocket) => accepted.resolve(socket));
	const socket = await accepted.promise;
	const onCut = vi.fn();
	const connection = guardConnection(socket, onCut);
	if (client.readyState !== WebSocket.OPEN) await once(client, 'open');
	return { client, socket, connection, onCut };
}

const soon = (seconds: number): number => performance.now() + seconds * 1_000;

test('a socket that follows nothing and calls nothing for a minute is cut', async () => {
	const { client, connection, onCut } = await connected();
	connection.cutIfIdle(soon(59));
	expect(onCut).not.toHaveBeenCalled();
	const closed = once(client, 'close');
	connection.cutIfIdle(soon(61));
	await closed;
	expect(onCut).toHaveBeenCalledWith('idle');
});

test('one with a subscription stays, however quiet, and for a minute after its last one', async () => {
	const { connection, onCut } = await connected();
	const subscription = connection.claimSubscription();
	connection.cutIfIdle(soon(3_600));
	const endedAt = performance.now();
	subscription[Symbol.dispose]();
	connection.cutIfIdle(endedAt + 59_000);
	expect(onCut).not.toHaveBeenCalled();
	connection.cutIfIdle(soon(61));
	expect(onCut).toHaveBeenCalledWith('idle');
});

test('pings keep nobody who wants nothing; calls do', async () => {
	const { client, socket, connection, onCut } = await connected();
	const arrive = async (text: string): Promise<void> => {
		const arrived = once(socket, 'message');
		client.send(text);
		await arrived;
	};
	const openedAt = performance.now();
	await arrive('{"id":1}');
	const calledAt = performance.now();
	await arrive('PING');
	connection.cutIfIdle(openedAt + 60_000);
	expect(onCut).not.toHaveBeenCalled();
	connection.cutIfIdle(calledAt + 60_001);
	expect(onCut).toHaveBeenCalledWith('idle');
});

test('more than a hundred messages at once cut it, and what came with them is not handled', async () => {
	const { client, socket, onCut } = await connected();
	const handled = vi.fn();
	socket.on('message', handled);
	const closed = once(client, 'close');
	for (let n = 0; n < 400; n++) client.send('{}');
	await closed;
	expect(onCut).toHaveBeenCalledWith('too many messages');
	expect(onCut).toHaveBeenCalledTimes(1);
	// The bucket is refilled meanwhile with twenty a second.
	expect(handled.mock.calls.length).toBeLessThan(200);
});

test('snapshots count apart: a client may take its time for them, however large', async () => {
	const { client, socket, connection, onCut } = await connected();
	const heard = vi.fn();
	socket.on('message', heard);
	const ask = async (): Promise<void> => {
		const { length } = heard.mock.calls;
		client.send('PING');
		const isSettled = () => heard.mock.calls.length > length || onCut.mock.calls.length > 0;
		await expect.poll(isSettled, { timeout: 20_000 }).toBe(true);
	};
	await ask();
	client.pause();
	// More than the kernel holds for a client that reads nothing.
	const subscriptions = [connection.claimSubscription(), connection.claimSubscription()];
	for (const subscription of subscriptions) {
		const before = connection.bufferedBytes();
		socket.send(Buffer.alloc(64 * MB));
		subscription.snapshotSent(connection.bufferedBytes() - before);
		await ask();
	}
	socket.send(Buffer.alloc(7 * MB));
	await ask();
	expect(onCut).not.toHaveBeenCalled();
	socket.send(Buffer.alloc(64 * MB));
	client.send('PING');
	await expect.poll(() => onCut.mock.calls).toEqual([['answers are not read']]);
});

test('a client that reads none of its answers is cut', async () => {
	const { client, socket, onCut } = await connected();
	const arrived = once(socket, 'message');
	client.send('{"id":1}');
	await arrived;
	client.pause();
	socket.send(Buffer.alloc(64 * MB));
	client.send('{"id":2}');
	await expect.poll(() => onCut.mock.calls).toEqual([['answers are not read']]);
});

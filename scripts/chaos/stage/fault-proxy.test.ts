import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startFaultProxy } from './fault-proxy.ts';
import type { FaultProxy } from './fault-proxy.ts';

let echo: Server;
let proxy: FaultProxy;
const clients: Socket[] = [];
beforeEach(async () => {
	echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
	await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
	const address = echo.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	proxy = await startFaultProxy();
	proxy.aimAt(address.port);
});
afterEach(async () => {
	for (const client of clients.splice(0)) client.destroy();
	await proxy.close();
	echo.close();
});

function open(): Socket {
	const client = connect(proxy.port, '127.0.0.1').on('error', () => undefined);
	clients.push(client);
	return client;
}

async function hear(client: Socket): Promise<string> {
	const [chunk] = await once(client, 'data');
	return String(chunk);
}

/** Unlike `once`, which takes the reset for a failure. */
function closing(client: Socket): Promise<void> {
	return new Promise((resolve) => client.once('close', () => resolve()));
}

test('passes everything on', async () => {
	const client = open();
	client.write('hello');
	expect(await hear(client)).toBe('hello');
});

test('resets in the middle of an answer, and lets new connections be', async () => {
	const client = open();
	client.write('once');
	await hear(client);
	proxy.resetInMidReply();
	client.write('12345678');
	const closed = closing(client);
	expect(await hear(client)).toBe('1234');
	await closed;
	const next = open();
	next.write('hello');
	expect(await hear(next)).toBe('hello');
});

test('holds back what is said while it stalls, in order, and breaks nothing', async () => {
	const client = open();
	client.write('a');
	await hear(client);
	let heard = '';
	client.on('data', (chunk) => (heard += String(chunk)));
	proxy.stall();
	client.write('b');
	const other = open();
	other.write('not held for ever');
	await new Promise((resolve) => setTimeout(resolve, 50));
	expect(heard).toBe('');
	proxy.heal();
	expect(await hear(other)).toBe('not held for ever');
	client.write('c');
	while (heard !== 'bc') await once(client, 'data');
});

test('cuts every connection and refuses new ones, until it is healed', async () => {
	const client = open();
	client.write('a');
	await hear(client);
	const closed = closing(client);
	proxy.cut();
	await closed;
	await closing(open());
	proxy.heal();
	const next = open();
	next.write('b');
	expect(await hear(next)).toBe('b');
});

test('cuts only connections that subscribe', async () => {
	const subscribe = '*2\r\n$10\r\nssubscribe\r\n$1\r\nx\r\n';
	const subscriber = open();
	subscriber.write(subscribe);
	await hear(subscriber);
	const other = open();
	other.write('GET');
	await hear(other);
	const closed = closing(subscriber);
	proxy.cutSubscribers();
	await closed;
	other.write('SET');
	expect(await hear(other)).toBe('SET');
	const again = open();
	again.write(subscribe);
	await closing(again);
});

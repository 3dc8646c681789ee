import { createServer, connect } from 'node:net';
import type { Socket } from 'node:net';

/** A TCP port of its own in front of a service, which can be made to fail. */
export type TcpProxy = {
	/** The service's URL with the proxy's address in it. */
	readonly url: string;
	/** Breaks every connection and refuses new ones, as a server that is away does. */
	cut(): void;
	/** Lets connections through again. */
	mend(): void;
	/** Holds back what the service answers, as a network that swallows packets does. */
	mute(): void;
	close(): Promise<void>;
};

/** Starts a proxy on a free loopback port in front of the service that `target` names. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
	const { hostname, port } = new URL(target);
	const sockets = new Set<Socket>();
	let state: 'open' | 'cut' | 'mute' = 'open';

	const track = (socket: Socket): void => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
		// A broken connection is what this is for; the other end hears of it by the close.
		socket.on('error', () => undefined);
	};
	const server = createServer((client) => {
		track(client);
		if (state === 'cut') {
			client.resetAndDestroy();
			return;
		}
		const service = connect(Number(port), hostname);
		track(service);
		client.setNoDelay(true);
		service.setNoDelay(true);
		client.pipe(service);
		service.on('data', (chunk) => {
			if (state !== 'mute') client.write(chunk);
		});
		client.on('close', () => service.destroy());
		service.on('close', () => client.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
	const url = new URL(target);
	url.hostname = '127.0.0.1';
	url.port = String(address.port);

	const breakAll = (): void => {
		for (const socket of sockets) socket.destroy();
	};
	return {
		url: url.href,
		cut() {
			state = 'cut';
			breakAll();
		},
		mend() {
			state = 'open';
		},
		mute() {
			state = 'mute';
		},
		async close() {
			breakAll();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		}
	};
}

import { once } from 'node:events';
import { WebSocket } from 'ws';

/** Opens a socket; `cookie` is null where nobody asks who it is. */
export async function openSocket(url: string, cookie: string | null): Promise<WebSocket> {
	const headers = cookie === null ? {} : { cookie, origin: `http://${new URL(url).host}` };
	const socket = new WebSocket(url, { headers, perMessageDeflate: false });
	await once(socket, 'open');
	return socket;
}

/**
 * Subscribes to a show and waits for its first message. Later ones go to `receive`. Speaks tRPC's wire
 * format itself, so that a console costs this process what a relay's client costs.
 */
export async function subscribe(
	url: string,
	cookie: string,
	showId: string,
	receive: (message: Buffer) => void
): Promise<WebSocket> {
	const socket = await openSocket(url, cookie);
	const params = { path: 'live.show', input: { showId } };
	const snapshot = Promise.withResolvers<void>();
	let started = false;
	socket.on('message', (data: Buffer) => {
		// The keep-alive of tRPC: a client that does not answer is cut.
		if (data.length === 4 && data.toString() === 'PING') socket.send('PONG');
		else if (started) receive(data);
		else if (data.includes('"kind":"snapshot"')) {
			started = true;
			snapshot.resolve();
		} else if (data.includes('"error"')) snapshot.reject(new Error(data.toString()));
	});
	socket.send(JSON.stringify({ id: 1, method: 'subscription', params }));
	await snapshot.promise;
	return socket;
}

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

/**
 * What a reverse proxy in front of several instances does with connections, and no more: each goes to the
 * next instance in turn, or to the one after it when that one takes none any more.
 */
export class FrontDoor {
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();
	#ports: readonly number[] = [];
	#turn = 0;
	#refused = 0;

	private constructor() {
		this.#server = createServer((client) => this.#admit(client, this.#inTurn()));
	}

	static async open(): Promise<FrontDoor> {
		const door = new FrontDoor();
		door.#server.listen(0, '127.0.0.1');
		await once(door.#server, 'listening');
		return door;
	}

	get port(): number {
		const address = this.#server.address();
		if (address === null || typeof address === 'string') throw new Error('the front door is shut');
		return address.port;
	}

	/** Connections that no instance took. */
	get refused(): number {
		return this.#refused;
	}

	/** Says which instances there are, those included that are about to end. */
	lead(ports: readonly number[]): void {
		this.#ports = ports;
	}

	async close(): Promise<void> {
		for (const socket of this.#sockets) socket.destroy();
		this.#server.close();
		await once(this.#server, 'close');
	}

	#inTurn(): readonly number[] {
		const first = this.#turn++ % Math.max(1, this.#ports.length);
		return [...this.#ports.slice(first), ...this.#ports.slice(0, first)];
	}

	#admit(client: Socket, [port, ...others]: readonly number[]): void {
		if (port === undefined) {
			this.#refused++;
			client.destroy();
			return;
		}
		const instance = connect({ port, host: '127.0.0.1', noDelay: true });
		const next = (): void => this.#admit(client, others);
		instance.once('error', next);
		instance.once('connect', () => {
			instance.off('error', next);
			this.#join(client, instance);
		});
	}

	#join(client: Socket, instance: Socket): void {
		for (const [socket, other] of [
			[client, instance],
			[instance, client]
		] as const) {
			this.#sockets.add(socket);
			// A broken connection is passed on by closing the other end.
			socket.on('error', () => undefined);
			socket.once('close', () => {
				this.#sockets.delete(socket);
				other.destroy();
			});
			socket.pipe(other);
		}
		client.setNoDelay(true);
	}
}

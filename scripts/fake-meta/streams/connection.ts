import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** Real time between the pieces of a frame: long enough that they travel apart. */
const BETWEEN_PIECES_MS = 3;
const FIRST_MULTI_BYTE_LEAD = 0xc0;

/** One open event stream: frames go out in order, split inside a multi-byte character if there is one. */
export class StreamConnection {
	readonly #response: ServerResponse;
	readonly #heartbeat: NodeJS.Timeout;
	#written: Promise<void> = Promise.resolve();

	constructor(response: ServerResponse, heartbeatMs: number) {
		this.#response = response;
		response.writeHead(200, {
			'content-type': 'text/event-stream; charset=utf-8',
			'cache-control': 'no-store'
		});
		response.flushHeaders();
		this.#heartbeat = setInterval(() => this.#write(Buffer.from(':\n\n')), heartbeatMs);
		response.once('close', () => clearInterval(this.#heartbeat));
	}

	send(data: unknown): void {
		this.#write(Buffer.from(`data: ${JSON.stringify(data)}\n\n`));
	}

	/** Writes half of a frame and breaks the connection. */
	cut(data: unknown): void {
		const frame = Buffer.from(`data: ${JSON.stringify(data)}\n\n`);
		this.#write(frame.subarray(0, Math.floor(frame.length / 2)));
		this.#after(() => {
			// The half frame is on its way; the end must not overtake it.
			setTimeout(() => this.#response.socket?.destroy(), BETWEEN_PIECES_MS);
		});
	}

	/** Ends the stream in good order. */
	end(): void {
		this.#after(() => {
			this.#response.end();
		});
	}

	#write(frame: Buffer): void {
		const lead = frame.findIndex((byte) => byte >= FIRST_MULTI_BYTE_LEAD);
		const pieces = lead < 0 ? [frame] : [frame.subarray(0, lead + 1), frame.subarray(lead + 1)];
		for (const [index, piece] of pieces.entries()) {
			this.#after(async () => {
				if (index > 0) await wait(BETWEEN_PIECES_MS);
				if (!this.#response.destroyed) this.#response.write(piece);
			});
		}
	}

	#after(step: () => void | Promise<void>): void {
		this.#written = this.#written.then(step);
	}
}

import type { LogPosition } from '../../src/lib/domain/events.ts';
import { parsePosition } from '../../src/lib/domain/events.ts';

/** Where the message's kind stands at the latest; everything before it is short. */
const HEAD_BYTES = 256;
const ID = Buffer.from('"data":{"id":"');
const QUOTE = 0x22;
const SNAPSHOT = '"kind":"snapshot"';
const FIRST_SEQ = Buffer.from('"seq":');
const EVENTS = Buffer.from('"events":[');
const ZERO = 0x30;
const NINE = 0x39;

/**
 * Follows the sequence of a console by the bytes of its messages, without reading their JSON: a thousand
 * consoles in a process or two must not be slower than what they measure. It sees the first and the last
 * event of each message; those in between are looked at by the consoles that fold.
 */
export class SequenceCheck {
	#position: LogPosition | null = null;
	#snapshots = 0;
	#events = 0;
	readonly #faults: string[] = [];

	get position(): LogPosition | null {
		return this.#position;
	}

	get snapshots(): number {
		return this.#snapshots;
	}

	get events(): number {
		return this.#events;
	}

	get faults(): readonly string[] {
		return this.#faults;
	}

	/** Takes a message of the subscription as it came. */
	take(bytes: Buffer): void {
		const idAt = bytes.indexOf(ID) + ID.length;
		const last = parsePosition(bytes.toString('latin1', idAt, bytes.indexOf(QUOTE, idAt)));
		if (!last) {
			this.#faults.push('a message without a position');
			return;
		}
		if (bytes.toString('latin1', 0, HEAD_BYTES).includes(SNAPSHOT)) {
			this.#snapshots++;
			this.#position = last;
			return;
		}
		const first = firstSeq(bytes);
		if (first !== null) {
			const held = this.#position;
			if (held?.epoch !== last.epoch || held.seq + 1 !== first || last.seq < first) {
				this.#faults.push(`events ${first} to ${last.seq} after ${held?.seq ?? 'nothing'}`);
			}
			this.#events += last.seq - first + 1;
			this.#position = last;
		}
	}
}

/** Seq of the first event of a message; null when it has none. */
function firstSeq(bytes: Buffer): number | null {
	const from = bytes.indexOf(EVENTS) + EVENTS.length;
	if (bytes[from] === 0x5d) return null;
	let seq = 0;
	for (let at = bytes.indexOf(FIRST_SEQ, from) + FIRST_SEQ.length; ; at++) {
		const digit = bytes[at] ?? 0;
		if (digit < ZERO || digit > NINE) return seq;
		seq = seq * 10 + digit - ZERO;
	}
}

import type { ShowEvent } from '../../domain/events.ts';

/** Events kept for clients that resume; a client that missed more gets a snapshot, which is smaller. */
export const MAX_RESUME_EVENTS = 2_000;

/** The newest events of one epoch, without gaps, for clients that resume. */
export class ResumeLog {
	readonly #events: ShowEvent[] = [];

	append(event: ShowEvent): void {
		this.#events.push(event);
		if (this.#events.length > MAX_RESUME_EVENTS * 1.5) {
			this.#events.splice(0, this.#events.length - MAX_RESUME_EVENTS);
		}
	}

	/** Puts older events before the first one, if they join it without a gap; `nextSeq` when empty. */
	prepend(older: readonly ShowEvent[], nextSeq: number): void {
		const last = older.at(-1);
		if (last?.seq === this.firstSeq(nextSeq) - 1) this.#events.unshift(...older);
	}

	clear(): void {
		this.#events.length = 0;
	}

	/** Seq of the oldest event; `nextSeq` when there is none. */
	firstSeq(nextSeq: number): number {
		return this.#events[0]?.seq ?? nextSeq;
	}

	at(seq: number): ShowEvent | undefined {
		return this.#events[seq - this.firstSeq(seq)];
	}

	/** Events after `seq`, which must not be older than the log. */
	after(seq: number): ShowEvent[] {
		const first = this.#events[0];
		return first ? this.#events.slice(seq + 1 - first.seq) : [];
	}
}

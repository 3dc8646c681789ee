import { stateDigest } from '../../src/lib/server/history/digest.ts';
import { applyToLiveShow, fromSnapshot } from '../../src/lib/domain/live-show.ts';
import type { LiveMessage, LiveShow } from '../../src/lib/domain/live-show.ts';
import type { LogPosition } from '../../src/lib/domain/events.ts';

/** Recent comments and lines that a console holds. */
const LIST_LIMIT = 100;

/**
 * What one console gets, checked as it comes: a snapshot first, then events without a gap or a repeat,
 * folded as the browser folds them.
 */
export class SubscriberCheck {
	#show: LiveShow | null = null;
	#snapshots = 0;
	#events = 0;
	readonly #faults: string[] = [];

	/** How often it had to start over from a state. */
	get snapshots(): number {
		return this.#snapshots;
	}

	get events(): number {
		return this.#events;
	}

	/** What came out of order, twice, or contradicted the state; empty when all is well. */
	get faults(): readonly string[] {
		return this.#faults;
	}

	/** Where it stands; null before the first message. */
	get position(): LogPosition | null {
		return this.#show && { epoch: this.#show.state.epoch, seq: this.#show.state.seq };
	}

	/** The facts that it holds, comparable with those of Redis and Postgres. */
	get digest(): string | null {
		return this.#show && stateDigest(this.#show.state);
	}

	take(message: LiveMessage): void {
		if (message.kind === 'snapshot') {
			this.#snapshots++;
			this.#show = fromSnapshot(message.snapshot, LIST_LIMIT);
			return;
		}
		for (const event of message.events) {
			const show = this.#show;
			if (!show) this.#faults.push(`event ${event.id} came before any state`);
			else {
				try {
					if (!applyToLiveShow(show, event)) this.#faults.push(`event ${event.id} came twice`);
					this.#events++;
				} catch (error) {
					this.#faults.push(error instanceof Error ? error.message : String(error));
				}
			}
		}
	}
}

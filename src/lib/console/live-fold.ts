import type { ShowEvent } from '../domain/events.ts';
import { formatPosition } from '../domain/events.ts';
import type { LiveMessage, LiveShow, ShowSnapshot } from '../domain/live-show.ts';
import { applyToLiveShow, feedEntry, fromSnapshot } from '../domain/live-show.ts';
import { FoldError, SequenceGapError } from '../domain/reducer.ts';
import { positionOf } from '../domain/show-state.ts';

/** What changed, so that a view recomputes only what it shows. */
export type FoldChanges = {
	items: boolean;
	comments: boolean;
	feed: boolean;
	/** Status, settings, channels, counters or what is persisted. */
	show: boolean;
	/** A snapshot took the place of everything. */
	replaced: boolean;
};

export type FoldResult = {
	readonly changes: FoldChanges;
	/** Events folded for the first time, in order. */
	readonly events: readonly ShowEvent[];
	/** Events are missing or contradict the state: only a snapshot helps. */
	readonly needsSnapshot: boolean;
};

/** Folds what the server sends into a live show. Knows nothing of browsers or networks. */
export class LiveFold {
	#show: LiveShow;
	readonly #limit: number;

	/** `limit` bounds the recent comments and feed lines; each list may be a quarter over it. */
	constructor(snapshot: ShowSnapshot, limit: number) {
		this.#limit = limit;
		this.#show = fromSnapshot(snapshot, limit);
	}

	get show(): LiveShow {
		return this.#show;
	}

	/** `<epoch>:<seq>` of what is held: a subscription resumes after it. */
	get position(): string {
		return formatPosition(positionOf(this.#show.state));
	}

	/**
	 * Folds messages in the order of their arrival. Stops at the first event that doesn't follow, and
	 * leaves everything before it folded; events that are already held change nothing.
	 */
	apply(messages: readonly LiveMessage[]): FoldResult {
		const changes: FoldChanges = {
			items: false,
			comments: false,
			feed: false,
			show: false,
			replaced: false
		};
		const events: ShowEvent[] = [];
		for (const message of messages) {
			if (message.kind === 'snapshot') {
				this.#show = fromSnapshot(message.snapshot, this.#limit);
				for (const part of ['items', 'comments', 'feed', 'show', 'replaced'] as const) {
					changes[part] = true;
				}
				continue;
			}
			for (const event of message.events) {
				const folded = this.#fold(event);
				if (folded === 'broken') return { changes, events, needsSnapshot: true };
				if (folded === 'held') continue;
				note(changes, event);
				events.push(event);
			}
			if (message.persistedSeq > this.#show.persistedSeq) {
				this.#show.persistedSeq = message.persistedSeq;
				changes.show = true;
			}
		}
		return { changes, events, needsSnapshot: false };
	}

	#fold(event: ShowEvent): 'new' | 'held' | 'broken' {
		try {
			return applyToLiveShow(this.#show, event) ? 'new' : 'held';
		} catch (error) {
			if (error instanceof SequenceGapError || error instanceof FoldError) return 'broken';
			throw error;
		}
	}
}

function note(changes: FoldChanges, event: ShowEvent): void {
	changes.show = true;
	switch (event.type) {
		case 'comment.received':
			changes.comments = true;
			break;
		case 'claim.created':
		case 'claim.released':
		case 'claim.promoted':
		case 'item.updated':
			changes.items = true;
			break;
		case 'session.status':
		case 'channel.status':
		case 'error':
			break;
		default:
			event satisfies never;
	}
	if (feedEntry(event)) changes.feed = true;
}

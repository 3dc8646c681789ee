import type { Cause, ItemUpdated, ShowEvent } from '../domain/events.ts';
import { plural } from '../ui/format.ts';

/** A piece of a sentence; a handle or a title is foreign text and must be kept apart. */
export type Piece = { readonly text: string; readonly foreign: boolean };

/** What happened to an item at one moment, for people. */
export type Sentence = {
	/** Seq of the first event that it tells; grows with time. */
	readonly seq: number;
	readonly at: number;
	readonly pieces: readonly Piece[];
	/** Whether an operator did it. */
	readonly byOperator: boolean;
};

const words = (text: string): Piece => ({ text, foreign: false });
const name = (text: string): Piece => ({ text, foreign: true });

function operatorAction(cause: Cause | null): string | null {
	return cause?.kind === 'operator' ? cause.action : null;
}

function itemPieces(data: ItemUpdated): Piece[] {
	const { item, previous } = data;
	switch (data.action) {
		case 'added':
			return [words(`Added with ${plural(item.quantity, 'unit')}`)];
		case 'edited':
			return [words('Renamed to '), name(item.title)];
		case 'quantity':
			return [words(`Quantity ${previous ? `${previous.quantity} → ` : ''}${item.quantity}`)];
		case 'opened':
			return [words('Opened')];
		case 'closed':
			return [words('Closed')];
		case 'removed':
			return [words('Removed')];
		case 'shown':
			return [words('Shown to the viewers')];
		case 'hidden':
			return [words('No longer shown')];
		default:
			return data.action satisfies never;
	}
}

/** What the event says of the item, null when it says nothing. */
function pieces(event: ShowEvent): Piece[] | null {
	switch (event.type) {
		case 'claim.created': {
			const { state, position, buyer, cause } = event.data;
			const action = operatorAction(cause);
			if (action === 'undo') {
				const back = state === 'winner' ? ' has the unit back' : ' is back in the queue';
				return [name(buyer.handle), words(back)];
			}
			if (action === 'reassign') return [name(buyer.handle), words(' was given the unit')];
			if (action === 'award') return [name(buyer.handle), words(' was awarded a unit')];
			if (state === 'winner') return [name(buyer.handle), words(' won')];
			const place = position === null ? '' : ` (#${position})`;
			return [name(buyer.handle), words(` joined the waitlist${place}`)];
		}
		case 'claim.released': {
			const action = operatorAction(event.data.cause);
			const verb =
				action === null ? ' passed' : action === 'release' ? ' was released' : ' lost the unit';
			const left =
				event.data.from === 'waitlist' && action === null ? ' and left the waitlist' : '';
			return [name(event.data.buyer.handle), words(verb + left)];
		}
		case 'claim.promoted':
			return [name(event.data.buyer.handle), words(' promoted')];
		case 'item.updated':
			return itemPieces(event.data);
		default:
			return null;
	}
}

/** Whether the second event followed from the first: the same comment, or the same action. */
function sameCause(a: ShowEvent, b: ShowEvent): boolean {
	if (!('cause' in a.data) || !('cause' in b.data)) return false;
	const [first, second] = [a.data.cause, b.data.cause];
	if (!first || !second) return false;
	if (first.kind === 'operator') return second.kind === 'operator' && first.seq === second.seq;
	return second.kind === 'comment' && first.commentKey === second.commentKey;
}

/**
 * The events as sentences, in their order. What followed from one comment or action is one sentence:
 * `Ana passed → Ben promoted`.
 */
export function historySentences(events: readonly ShowEvent[]): Sentence[] {
	const sentences: (Sentence & { pieces: Piece[] })[] = [];
	let former: ShowEvent | null = null;
	for (const event of events) {
		const told = pieces(event);
		if (!told) continue;
		const last = sentences.at(-1);
		if (last && former && sameCause(former, event)) {
			last.pieces.push(words(' → '), ...told);
		} else {
			const cause = 'cause' in event.data ? event.data.cause : null;
			const byOperator = event.type === 'item.updated' || cause?.kind === 'operator';
			sentences.push({ seq: event.seq, at: event.at, pieces: told, byOperator });
		}
		former = event;
	}
	return sentences;
}

/** Whether the event belongs to the history of the item with this number. */
export function isOfItem(event: ShowEvent, number: string): boolean {
	switch (event.type) {
		case 'claim.created':
		case 'claim.released':
		case 'claim.promoted':
			return event.data.item === number;
		case 'item.updated':
			return event.data.item.number === number;
		default:
			return false;
	}
}

/** Both lists as one, oldest first. Live events and stored ones overlap: each counts once. */
export function mergeEvents(
	known: readonly ShowEvent[],
	others: readonly ShowEvent[]
): readonly ShowEvent[] {
	const bySeq = new Map([...known, ...others].map((event) => [event.seq, event]));
	return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

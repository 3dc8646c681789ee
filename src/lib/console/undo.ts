import type { LogPosition, ShowEvent } from '../domain/events.ts';
import type { ItemDraft } from '../domain/parse-item-line.ts';
import type { ItemClaims, ShowState } from '../domain/show-state.ts';
import { causeOf } from '../domain/undo.ts';

/** What takes an operator's action back. */
export type TakeBack =
	/** A change of claims or of a quantity, by the position that the server returned for it. */
	| { readonly kind: 'claims'; readonly item: string; readonly action: LogPosition }
	| { readonly kind: 'open'; readonly item: string; readonly open: boolean }
	| {
			readonly kind: 'title';
			readonly item: string;
			readonly from: string;
			readonly to: string;
	  }
	| { readonly kind: 'remove'; readonly item: string }
	| { readonly kind: 'add'; readonly item: ItemDraft }
	| { readonly kind: 'reopen' };

/** So many of the latest actions are remembered: far more than anybody takes back. */
const REMEMBERED_ACTIONS = 200;

/** Where each operator's action ended: the seq of its last event, by that of its first. */
export class ActionEnds {
	readonly #ends = new Map<number, number>();

	/** Takes events in the order of the log. */
	hear(events: readonly ShowEvent[]): void {
		for (const event of events) {
			const cause = causeOf(event);
			if (cause?.kind !== 'operator') continue;
			this.#ends.delete(cause.seq);
			this.#ends.set(cause.seq, event.seq);
			const [oldest] = this.#ends.keys();
			if (this.#ends.size > REMEMBERED_ACTIONS && oldest !== undefined) this.#ends.delete(oldest);
		}
	}

	/** Undefined while the action's events have not arrived. */
	endOf(actionSeq: number): number | undefined {
		return this.#ends.get(actionSeq);
	}
}

function claimsBlocked(item: ItemClaims, end: number | undefined): string | null {
	// Before the action's own events are here, the server is the one who knows.
	if (end === undefined || item.changedSeq <= end) return null;
	return `Item ${item.number} changed since.`;
}

/**
 * Why an action can't be taken back any more, in words; null while it can as far as this console
 * knows. The server has the last word.
 */
export function takeBackBlocked(
	state: Pick<ShowState, 'items' | 'status'>,
	ends: ActionEnds,
	back: TakeBack
): string | null {
	if (back.kind === 'reopen') return state.status === 'ended' ? null : 'The show runs again.';
	if (state.status === 'ended') return 'The show is over.';
	if (back.kind === 'add') {
		return state.items.has(back.item.number) ? `Item ${back.item.number} exists again.` : null;
	}
	const item = state.items.get(back.item);
	if (!item) return back.kind === 'remove' ? null : `Item ${back.item} was removed.`;
	switch (back.kind) {
		case 'claims':
			return claimsBlocked(item, ends.endOf(back.action.seq));
		case 'open':
			return (item.state === 'open') === back.open ? 'Somebody did that already.' : null;
		case 'title':
			return item.title === back.from ? null : 'The title changed since.';
		case 'remove':
			return item.winners.length + item.waitlist.length > 0 ? 'It has claims by now.' : null;
		default:
			return back satisfies never;
	}
}

const REFUSALS: Record<string, string> = {
	changed: 'The item changed since. Nothing was taken back.',
	claimed_again: 'The buyer has claimed it again since. Nothing was taken back.',
	waiting: 'Somebody has joined the queue since. Nothing was taken back.',
	no_action: 'There is nothing left to take back.',
	archived: 'The show’s history is closed by now. It stays ended.'
};

/** What to tell the operator about `UNDO_NOT_POSSIBLE`; `reason` is from its details. */
export function undoRefusal(reason: unknown): string | null {
	return typeof reason === 'string' ? (REFUSALS[reason] ?? null) : null;
}

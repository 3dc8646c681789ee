import type { ConsoleActions, Done } from './actions.svelte.ts';
import type { ShowStore } from './show-store.svelte.ts';
import { takeBackBlocked } from './undo.ts';
import type { ActionEnds, TakeBack } from './undo.ts';

/** An action that this console did and that may be taken back. */
export type UndoEntry = { readonly id: number; readonly text: string; readonly back: TakeBack };

/** Actions that are remembered for the key; older ones are too far away to be meant. */
const REMEMBERED = 20;

/** This console's own actions, and which of them can still be taken back. */
export class UndoHistory {
	readonly #store: ShowStore;
	readonly #actions: ConsoleActions;
	readonly #ends: ActionEnds;
	#entries = $state.raw<readonly UndoEntry[]>([]);
	#nextId = 1;

	constructor(store: ShowStore, actions: ConsoleActions, ends: ActionEnds) {
		this.#store = store;
		this.#actions = actions;
		this.#ends = ends;
	}

	/** The latest action that was not taken back yet. */
	get last(): UndoEntry | null {
		return this.#entries.at(-1) ?? null;
	}

	remember({ text, back }: { text: string; back: NonNullable<Done['back']> }): UndoEntry {
		const entry = { id: this.#nextId++, text, back };
		this.#entries = [...this.#entries.slice(-REMEMBERED + 1), entry];
		return entry;
	}

	/** Why the action can't be taken back any more; null while it can. Follows the show. */
	blocked(entry: UndoEntry): string | null {
		// By id: a toast hands its entry back as another object.
		if (!this.#entries.some(({ id }) => id === entry.id)) return 'Already taken back.';
		return takeBackBlocked(this.#store.state, this.#ends, entry.back);
	}

	/** Takes it back. A refusal is told by the actions. */
	async undo(entry: UndoEntry): Promise<void> {
		if (this.blocked(entry) !== null || this.#actions.isRunning('undo')) return;
		const outcome = await this.#actions.takeBack(entry.back, entry.text);
		if (outcome.ok) this.#entries = this.#entries.filter(({ id }) => id !== entry.id);
	}
}

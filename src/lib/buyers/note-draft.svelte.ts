import { cleanText } from '../domain/text.ts';

/** How far the note on the screen is from the one on the server. */
export type DraftState = 'saved' | 'unsaved' | 'saving' | 'failed' | 'conflict';

/** What became of an attempt to save. */
export type SaveResult = 'saved' | 'conflict';

export type NoteDraftOptions = {
	/** Stores the note if it is still `was`. Throws when that failed. */
	readonly save: (note: string, was: string) => Promise<SaveResult>;
	/** The note as the server has it now. */
	readonly read: () => Promise<string>;
};

/** Saved once nobody has typed for so long. */
const PAUSE_MS = 800;

/**
 * A note that saves itself. One save runs at a time; what is typed meanwhile is saved after it. When
 * somebody else has changed the note, nothing is overwritten until the writer has chosen.
 */
export class NoteDraft {
	readonly #options: NoteDraftOptions;
	#text = $state('');
	#state = $state<DraftState>('saved');
	/** What somebody else wrote; only in a conflict. */
	theirs = $state<string | null>(null);
	#stored: string;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#running: Promise<void> | null = null;

	constructor(note: string, options: NoteDraftOptions) {
		this.#options = options;
		this.#text = note;
		this.#stored = note;
	}

	get text(): string {
		return this.#text;
	}

	get state(): DraftState {
		return this.#state;
	}

	get isDirty(): boolean {
		return this.#text !== this.#stored;
	}

	type(typed: string): void {
		// As the server keeps it: a note that it cleaned would look like somebody else's.
		this.#text = cleanText(typed, typed.length);
		if (this.#state === 'conflict') return;
		if (this.#state !== 'saving') this.#state = this.isDirty ? 'unsaved' : 'saved';
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => void this.flush(), PAUSE_MS);
	}

	/** Saves now what is not saved, and what is typed meanwhile. Never throws. */
	async flush(): Promise<void> {
		clearTimeout(this.#timer);
		this.#running ??= this.#saveAll().finally(() => {
			this.#running = null;
		});
		await this.#running;
	}

	/** Ends a conflict: with one's own text, or with theirs. */
	async choose(mine: boolean): Promise<void> {
		if (this.theirs === null) return;
		this.#stored = this.theirs;
		if (!mine) this.#text = this.theirs;
		this.theirs = null;
		this.#state = this.isDirty ? 'unsaved' : 'saved';
		await this.flush();
	}

	async #saveAll(): Promise<void> {
		while (this.isDirty && this.#state !== 'conflict') {
			if (!(await this.#save())) return;
		}
	}

	/** Returns false when there is no use in going on. */
	async #save(): Promise<boolean> {
		const text = this.#text;
		this.#state = 'saving';
		try {
			if ((await this.#options.save(text, this.#stored)) === 'conflict') {
				this.theirs = await this.#options.read();
				this.#state = 'conflict';
				return false;
			}
			this.#stored = text;
			this.#state = this.isDirty ? 'unsaved' : 'saved';
			return true;
		} catch {
			this.#state = 'failed';
			return false;
		}
	}
}

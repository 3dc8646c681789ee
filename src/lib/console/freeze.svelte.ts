/** Scrolled further than this from the newest line, the operator is reading: the list holds still. */
const READING_PX = 12;

/**
 * A list with its newest line on top that holds still while it is read. What arrives meanwhile is
 * counted and shown when the reader comes back to the top.
 */
export class FreezableList<T> {
	readonly #rows: () => readonly T[];
	readonly #key: (row: T) => number;
	#reading = false;
	#held = false;
	#frozen = $state.raw<readonly T[] | null>(null);

	/** `key` must grow with each newer line. */
	constructor(rows: () => readonly T[], key: (row: T) => number) {
		this.#rows = rows;
		this.#key = key;
	}

	/** What to show now, newest first. */
	get visible(): readonly T[] {
		return this.#frozen ?? this.#rows();
	}

	/** Lines that arrived since the list was frozen. */
	readonly unseen = $derived.by(() => {
		const top = this.#frozen?.[0];
		if (!top) return 0;
		const known = this.#key(top);
		const rows = this.#rows();
		const index = rows.findIndex((row) => this.#key(row) <= known);
		return index < 0 ? rows.length : index;
	});

	get isFrozen(): boolean {
		return this.#frozen !== null;
	}

	/** Follows the reader's scroll position, in px from the top. */
	scrolledTo(offset: number): void {
		this.#reading = offset > READING_PX;
		this.#update();
	}

	/** Holds the list still for another reason than reading, e.g. while one of its lines has the focus. */
	hold(held: boolean): void {
		this.#held = held;
		this.#update();
	}

	#update(): void {
		if (this.#reading || this.#held) this.#frozen ??= this.#rows();
		else this.#frozen = null;
	}

	/** Shows the newest line again; call it with the list scrolled to its top. */
	thaw(): void {
		this.#reading = false;
		this.#held = false;
		this.#frozen = null;
	}
}

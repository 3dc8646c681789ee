import { toast } from 'svelte-sonner';
import { createHttpClient, describeFailure } from '../console/api.ts';
import type { ApiClient } from '../console/api.ts';

type Rows<Row> = { readonly rows: readonly Row[]; readonly nextCursor: string | null };

/**
 * The pages of a list after the first one. They belong to that page and go when another list takes its place.
 * A row that has moved down the list since it was loaded stays where it is, and is not met again.
 */
export class LaterRows<Row> {
	readonly #first: () => Rows<Row>;
	readonly #load: (client: ApiClient, cursor: string) => Promise<Rows<Row>>;
	readonly #keyOf: (row: Row) => string;
	#later = $derived.by((): Rows<Row> => ({ rows: [], nextCursor: this.#first().nextCursor }));
	loading = $state(false);

	/**
	 * `first`: what the server sent with the page; `load`: the page that begins at a cursor; `keyOf`: what a row
	 * is known by.
	 */
	constructor(
		first: () => Rows<Row>,
		load: (client: ApiClient, cursor: string) => Promise<Rows<Row>>,
		keyOf: (row: Row) => string
	) {
		this.#first = first;
		this.#load = load;
		this.#keyOf = keyOf;
	}

	/** All rows loaded so far. */
	get rows(): readonly Row[] {
		return [...this.#first().rows, ...this.#later.rows];
	}

	get nextCursor(): string | null {
		return this.#later.nextCursor;
	}

	/** For the link to the next page: loads it into this one instead. A failure is told by a toast. */
	readonly more = async (event: MouseEvent): Promise<void> => {
		event.preventDefault();
		const from = this.#later;
		if (this.loading || from.nextCursor === null) return;
		this.loading = true;
		try {
			const page = await this.#load(createHttpClient(location.origin), from.nextCursor);
			// A new search meanwhile made another list of it.
			if (this.#later !== from) return;
			const known = this.rows.map(this.#keyOf);
			const unknown = page.rows.filter((row) => !known.includes(this.#keyOf(row)));
			this.#later = { rows: [...from.rows, ...unknown], nextCursor: page.nextCursor };
		} catch (error) {
			toast.error(describeFailure(error));
		} finally {
			this.loading = false;
		}
	};
}

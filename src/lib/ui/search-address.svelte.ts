/** The address follows once nobody has typed for so long. */
const TYPING_PAUSE_MS = 250;

/**
 * The text of a search field whose list is named by the address. What is typed is ahead of the address
 * for a moment, and stays in the field while the list is on its way, however long that takes. Bind it to
 * the field (`bind:value={search.text}`): a binding hears what was typed before the page did, too.
 */
export class SearchAddress {
	readonly #arrived: () => string;
	readonly #go: (search: string) => Promise<void>;
	/** What was typed, and what the address came to say for it; null while that is on its way. */
	#typed = $state.raw<{ readonly text: string; readonly arrived: string | null } | null>(null);
	#timer: ReturnType<typeof setTimeout> | undefined;

	/** `arrived` tells what the address says, `go` leads to the address of another search. */
	constructor(arrived: () => string, go: (search: string) => Promise<void>) {
		this.#arrived = arrived;
		this.#go = go;
	}

	get text(): string {
		const arrived = this.#arrived();
		const typed = this.#typed;
		// As it was typed, until the address says something else: it does not keep a space at the end.
		return typed !== null && (typed.arrived ?? arrived) === arrived ? typed.text : arrived;
	}

	set text(text: string) {
		this.#typed = { text, arrived: null };
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => void this.follow(), TYPING_PAUSE_MS);
	}

	/** Goes to the address at once, for instance since another field has changed. */
	async follow(): Promise<void> {
		clearTimeout(this.#timer);
		const { text } = this;
		await this.#go(text);
		if (this.#typed?.text === text) this.#typed = { text, arrived: this.#arrived() };
	}
}

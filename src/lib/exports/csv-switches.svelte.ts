/** A switch that this browser remembers. */
class StoredSwitch {
	readonly #key: string;
	readonly #byDefault: boolean;
	#isOn = $state(false);

	constructor(key: string, byDefault: boolean) {
		this.#key = key;
		this.#byDefault = byDefault;
		this.#isOn = byDefault;
	}

	get isOn(): boolean {
		return this.#isOn;
	}

	/** Takes what was chosen on a former visit. Browser only. */
	restore(): void {
		try {
			const stored = localStorage.getItem(this.#key);
			this.#isOn = stored === null ? this.#byDefault : stored === 'on';
		} catch {
			// Storage that is closed to us: it stays as it is by default.
		}
	}

	set(isOn: boolean): void {
		this.#isOn = isOn;
		try {
			localStorage.setItem(this.#key, isOn ? 'on' : 'off');
		} catch {
			// It holds for this visit at least.
		}
	}
}

/** How this browser wants its CSV files. */
export class CsvSwitches {
	/**
	 * Whether they start with a byte order mark. On until it is switched off: without it Excel shows accents
	 * and emoji as gibberish, with it no spreadsheet minds.
	 */
	readonly mark = new StoredSwitch('sellary:export-byte-order-mark', true);
	/** Whether semicolons part the columns. */
	readonly semicolons = new StoredSwitch('sellary:export-semicolons', false);

	restore(): void {
		this.mark.restore();
		this.semicolons.restore();
	}

	/** What an address asks the server for (server/exports/csv-style.ts). */
	get query(): string {
		const wishes = [
			...(this.mark.isOn ? ['bom=1'] : []),
			...(this.semicolons.isOn ? ['separator=semicolon'] : [])
		];
		return wishes.join('&');
	}
}

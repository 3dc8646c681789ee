const KEY = 'sellary:export-byte-order-mark';

/**
 * Whether this browser's CSV files start with a byte order mark. On until it is switched off: without it
 * Excel shows accents and emoji as gibberish, with it no spreadsheet minds.
 */
export class ByteOrderMark {
	#isOn = $state(true);

	get isOn(): boolean {
		return this.#isOn;
	}

	/** Takes what was chosen on a former visit. Browser only. */
	restore(): void {
		try {
			this.#isOn = localStorage.getItem(KEY) !== 'off';
		} catch {
			// Storage that is closed to us: it stays on.
		}
	}

	set(isOn: boolean): void {
		this.#isOn = isOn;
		try {
			localStorage.setItem(KEY, isOn ? 'on' : 'off');
		} catch {
			// It holds for this visit at least.
		}
	}
}

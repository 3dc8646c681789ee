export type SignalName = 'win' | 'promotion' | 'channel';

export const SIGNALS: readonly { readonly name: SignalName; readonly label: string }[] = [
	{ name: 'win', label: 'An item is won' },
	{ name: 'promotion', label: 'Somebody moves up from the queue' },
	{ name: 'channel', label: 'A channel goes down' }
];

function readStored(key: string): SignalName[] {
	try {
		const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
		if (!Array.isArray(stored)) return [];
		return SIGNALS.map(({ name }) => name).filter((name) => stored.includes(name));
	} catch {
		// Storage that is closed to us or holds something else: everything stays off.
		return [];
	}
}

/** Which sounds the member wants in this browser. All are off until they are switched on. */
export class SignalSettings {
	readonly #key: string;
	#on = $state.raw<readonly SignalName[]>([]);

	constructor(memberId: string) {
		this.#key = `sellary:signals:${memberId}`;
	}

	/** Takes what was chosen on a former visit. Browser only. */
	restore(): void {
		this.#on = readStored(this.#key);
	}

	isOn(name: SignalName): boolean {
		return this.#on.includes(name);
	}

	get anyOn(): boolean {
		return this.#on.length > 0;
	}

	set(name: SignalName, on: boolean): void {
		const others = this.#on.filter((known) => known !== name);
		this.#on = on ? [...others, name] : others;
		try {
			localStorage.setItem(this.#key, JSON.stringify(this.#on));
		} catch {
			// It holds for this visit at least.
		}
	}
}

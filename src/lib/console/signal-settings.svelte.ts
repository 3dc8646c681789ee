export type SignalName = 'win' | 'promotion' | 'channel';

export const SIGNALS: readonly { readonly name: SignalName; readonly label: string }[] = [
	{ name: 'win', label: 'An item is won' },
	{ name: 'promotion', label: 'Somebody moves up from the queue' },
	{ name: 'channel', label: 'A channel goes down' }
];

function readStored(key: string): Set<SignalName> {
	const on = new Set<SignalName>();
	try {
		const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
		for (const { name } of SIGNALS) {
			if (Array.isArray(stored) && stored.includes(name)) on.add(name);
		}
	} catch {
		// Storage that is closed to us or holds something else: everything stays off.
	}
	return on;
}

/** Which sounds the member wants in this browser. All are off until they are switched on. */
export class SignalSettings {
	readonly #key: string;
	#on = $state.raw<ReadonlySet<SignalName>>(new Set());

	constructor(memberId: string) {
		this.#key = `sellary:signals:${memberId}`;
	}

	/** Takes what was chosen on a former visit. Browser only. */
	restore(): void {
		this.#on = readStored(this.#key);
	}

	isOn(name: SignalName): boolean {
		return this.#on.has(name);
	}

	get anyOn(): boolean {
		return this.#on.size > 0;
	}

	set(name: SignalName, on: boolean): void {
		const next = new Set(this.#on);
		if (on) next.add(name);
		else next.delete(name);
		this.#on = next;
		try {
			localStorage.setItem(this.#key, JSON.stringify([...next]));
		} catch {
			// It holds for this visit at least.
		}
	}
}

export type SignalName = 'win' | 'promotion' | 'channel';

export const SIGNALS: readonly { readonly name: SignalName; readonly label: string }[] = [
	{ name: 'win', label: 'An item is won' },
	{ name: 'promotion', label: 'Somebody moves up from the queue' },
	{ name: 'channel', label: 'A channel goes down' }
];

const ALL = SIGNALS.map(({ name }) => name);

/** Null when nothing was chosen yet. */
function readStored(key: string): SignalName[] | null {
	try {
		const stored: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
		return Array.isArray(stored) ? ALL.filter((name) => stored.includes(name)) : null;
	} catch {
		// Storage that is closed to us or holds something else.
		return null;
	}
}

/** Which sounds the member wants in this browser; until they choose, all or none, as the show has it. */
export class SignalSettings {
	readonly #key: string;
	readonly #ofShow: readonly SignalName[];
	/** Null: as the show has it. */
	#chosen = $state.raw<readonly SignalName[] | null>(null);

	constructor(memberId: string, soundsOn: boolean) {
		this.#key = `sellary:signals:${memberId}`;
		this.#ofShow = soundsOn ? ALL : [];
	}

	get #on(): readonly SignalName[] {
		return this.#chosen ?? this.#ofShow;
	}

	/** Takes what was chosen on a former visit. Browser only. */
	restore(): void {
		this.#chosen = readStored(this.#key);
	}

	/** Whether the member has chosen for themselves. */
	get isOwnChoice(): boolean {
		return this.#chosen !== null;
	}

	/** Goes back to what the show has. */
	reset(): void {
		this.#chosen = null;
		try {
			localStorage.removeItem(this.#key);
		} catch {
			// It holds for this visit at least.
		}
	}

	isOn(name: SignalName): boolean {
		return this.#on.includes(name);
	}

	get anyOn(): boolean {
		return this.#on.length > 0;
	}

	set(name: SignalName, on: boolean): void {
		const others = this.#on.filter((known) => known !== name);
		this.#chosen = on ? [...others, name] : others;
		try {
			localStorage.setItem(this.#key, JSON.stringify(this.#chosen));
		} catch {
			// It holds for this visit at least.
		}
	}
}

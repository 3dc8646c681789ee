const LONGEST_TIMER_MS = 2 ** 31 - 1;

type Timer = { readonly dueAt: number; readonly run: () => void; handle: NodeJS.Timeout | null };

/** The fake's notion of now: real time, shifted by what `advance` was told. Its timers follow the shift. */
export class FakeClock {
	#shiftMs = 0;
	readonly #timers = new Set<Timer>();

	/** Epoch milliseconds. */
	now(): number {
		return Date.now() + this.#shiftMs;
	}

	/** Epoch seconds, rounded down. */
	nowSeconds(): number {
		return Math.floor(this.now() / 1000);
	}

	/** Moves now forward; timers that became due fire at once, the earliest first. */
	advance(ms: number): void {
		if (!(ms >= 0)) throw new RangeError('the clock only goes forward');
		this.#shiftMs += ms;
		for (const timer of [...this.#timers].sort((a, b) => a.dueAt - b.dueAt)) this.#arm(timer);
	}

	/** Calls `run` once the clock has moved on by `ms`. Returns what calls it off. */
	after(ms: number, run: () => void): () => void {
		const timer: Timer = { dueAt: this.now() + ms, run, handle: null };
		this.#timers.add(timer);
		this.#arm(timer);
		return () => this.#drop(timer);
	}

	/** Calls every timer off. */
	clear(): void {
		for (const timer of this.#timers) this.#drop(timer);
	}

	#arm(timer: Timer): void {
		if (timer.handle) clearTimeout(timer.handle);
		const left = timer.dueAt - this.now();
		timer.handle = setTimeout(
			() => {
				if (timer.dueAt > this.now()) return this.#arm(timer);
				this.#timers.delete(timer);
				timer.run();
			},
			Math.min(Math.max(0, left), LONGEST_TIMER_MS)
		);
	}

	#drop(timer: Timer): void {
		if (timer.handle) clearTimeout(timer.handle);
		this.#timers.delete(timer);
	}
}

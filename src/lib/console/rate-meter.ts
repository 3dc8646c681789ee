const WINDOW_SECONDS = 60;
/** Counting over less than this would turn two quick comments into a storm. */
const MIN_COVERED_MS = 10_000;

/** Counts events over the last minute, in a fixed amount of memory. */
export class RateMeter {
	/** Events per second, in a ring. */
	readonly #counts = new Uint32Array(WINDOW_SECONDS);
	/** The latest second that the ring holds. */
	#second = 0;
	/** Every event since then was counted, epoch ms. */
	readonly #since: number;

	/** `since`: nothing before this instant (epoch ms) will be counted. */
	constructor(since: number) {
		this.#since = since;
	}

	/** Counts one event at `at` (epoch ms). One that is over a minute older than the latest is left out. */
	add(at: number): void {
		const second = Math.floor(at / 1000);
		this.#advance(second);
		if (second <= this.#second - WINDOW_SECONDS) return;
		const slot = second % WINDOW_SECONDS;
		this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
	}

	/** Events per minute at `now` (epoch ms); from a shorter span, when counting began less than a minute ago. */
	perMinute(now: number): number {
		const second = Math.floor(now / 1000);
		const oldest = Math.max(second - WINDOW_SECONDS + 1, this.#second - WINDOW_SECONDS + 1);
		let count = 0;
		for (let at = oldest; at <= Math.max(second, this.#second); at++) {
			if (at <= this.#second) count += this.#counts[at % WINDOW_SECONDS] ?? 0;
		}
		const covered = Math.min(WINDOW_SECONDS * 1000, Math.max(now - this.#since, MIN_COVERED_MS));
		return Math.round((count * WINDOW_SECONDS * 1000) / covered);
	}

	/** Empties the seconds between the latest and this one. */
	#advance(second: number): void {
		const passed = Math.min(second - this.#second, WINDOW_SECONDS);
		for (let step = 1; step <= passed; step++) {
			this.#counts[(this.#second + step) % WINDOW_SECONDS] = 0;
		}
		if (passed === WINDOW_SECONDS) this.#counts.fill(0);
		this.#second = Math.max(this.#second, second);
	}
}

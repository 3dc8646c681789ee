/** Smaller differences are the time that the page took to arrive. */
const TRUSTED_DRIFT_MS = 3_000;

/** The time on the server's clock, once a second. */
export class Clock {
	#now = $state(0);
	#offsetMs = 0;

	/** `serverNow`: epoch ms when the server made the page. */
	constructor(serverNow: number) {
		this.#now = serverNow;
	}

	get now(): number {
		return this.#now;
	}

	/** Ticks until the returned function is called. Browser only. */
	start(): () => void {
		const drift = this.#now - Date.now();
		this.#offsetMs = Math.abs(drift) < TRUSTED_DRIFT_MS ? 0 : drift;
		const tick = () => {
			this.#now = Date.now() + this.#offsetMs;
		};
		tick();
		const timer = setInterval(tick, 1_000);
		return () => clearInterval(timer);
	}
}

import type { Parts } from '../parts.ts';

/** One POST to the callback, as it will go out each time. */
export type Delivery = {
	readonly url: string;
	readonly body: string;
	readonly headers: Readonly<Record<string, string>>;
};

/** Pauses before each retry, for 36 hours in all; the pauses grow (PLATFORMS 3.5). */
const RETRY_PAUSES_MS = [0, 1, 5, 30, 300, 3_600, 21_600, 43_200, 57_600].map((s) => s * 1000);
const KEPT_DELIVERIES = 5_000;

type Attempt = { readonly delivery: Delivery; readonly attempt: number };

export type DeliveryCounts = {
	/** Deliveries that were made up, copies not counted. */
	deliveries: number;
	/** POSTs that went out. */
	attempts: number;
	accepted: number;
	/** Refused, timed out, or no connection. */
	failed: number;
	/** Deliveries that were given up after the last retry. */
	givenUp: number;
};

/** Sends deliveries, again until they are accepted or given up. */
export class Deliveries {
	readonly #parts: Parts;
	readonly #stopped = new AbortController();
	#ready: Attempt[] = [];
	/** Everything that was made up, for replays; the oldest go first. */
	readonly #history: Delivery[] = [];
	readonly #waiting = new Set<() => void>();
	#active = 0;
	/** Deliveries that wait for their time by the clock. */
	#delayed = 0;
	readonly counts: DeliveryCounts = {
		deliveries: 0,
		attempts: 0,
		accepted: 0,
		failed: 0,
		givenUp: 0
	};

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	get pending(): number {
		return this.#ready.length + this.#active + this.#delayed;
	}

	get history(): readonly Delivery[] {
		return this.#history;
	}

	/** Takes a new delivery; `copies` of it go out after their delay by the clock. */
	add(delivery: Delivery, delaysMs: readonly number[]): void {
		this.counts.deliveries++;
		this.#history.push(delivery);
		if (this.#history.length > KEPT_DELIVERIES) this.#history.shift();
		for (const delayMs of delaysMs) this.#plan(delivery, 0, delayMs);
	}

	/** Sends once, now, and tells how it went: the status, or null without an answer. */
	async post({ url, body, headers }: Delivery): Promise<number | null> {
		const { timeoutMs } = this.#parts.knobs.values.webhooks;
		const timeout = new AbortController();
		const timer = setTimeout(() => timeout.abort(), timeoutMs);
		const signal = AbortSignal.any([timeout.signal, this.#stopped.signal]);
		try {
			const response = await fetch(url, {
				method: 'POST',
				body,
				headers,
				redirect: 'manual',
				signal
			});
			await response.arrayBuffer();
			return response.status;
		} catch {
			return null;
		} finally {
			clearTimeout(timer);
		}
	}

	/** Puts what waits to go out in another order and sends it. Returns how many. */
	release(order: (waiting: readonly Attempt[]) => readonly Attempt[]): number {
		this.#ready = [...order(this.#ready)];
		const count = this.#ready.length;
		this.pump();
		return count;
	}

	/** Resolves when nothing is pending. */
	async idle(): Promise<void> {
		while (this.pending > 0) {
			await new Promise<void>((resolve) => this.#waiting.add(resolve));
		}
	}

	/** Sends what may go out now. */
	pump(): void {
		const { hold, concurrency } = this.#parts.knobs.values.webhooks;
		while (!hold && this.#active < concurrency && !this.#stopped.signal.aborted) {
			const next = this.#ready.shift();
			if (!next) break;
			this.#active++;
			void this.#attempt(next.delivery, next.attempt);
		}
	}

	/** Breaks off everything. */
	stop(): void {
		this.#stopped.abort();
		this.#ready = [];
		this.#delayed = 0;
		this.#wake();
	}

	async #attempt(delivery: Delivery, attempt: number): Promise<void> {
		this.counts.attempts++;
		const status = await this.post(delivery);
		this.#active--;
		if (this.#stopped.signal.aborted) return this.#wake();
		if (status === 200) this.counts.accepted++;
		else this.#retry(delivery, attempt);
		this.pump();
		this.#wake();
	}

	#retry(delivery: Delivery, attempt: number): void {
		this.counts.failed++;
		const { retries, retryScale } = this.#parts.knobs.values.webhooks;
		const pauseMs = attempt < retries ? RETRY_PAUSES_MS[attempt] : undefined;
		if (pauseMs === undefined) this.counts.givenUp++;
		else this.#plan(delivery, attempt + 1, pauseMs * retryScale);
	}

	#plan(delivery: Delivery, attempt: number, delayMs: number): void {
		if (delayMs === 0) {
			this.#ready.push({ delivery, attempt });
			this.pump();
			return;
		}
		this.#delayed++;
		this.#parts.clock.after(delayMs, () => {
			this.#delayed--;
			this.#ready.push({ delivery, attempt });
			this.pump();
		});
	}

	#wake(): void {
		if (this.pending > 0) return;
		for (const resolve of this.#waiting) resolve();
		this.#waiting.clear();
	}
}

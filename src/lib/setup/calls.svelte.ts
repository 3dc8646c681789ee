import { SvelteSet } from 'svelte/reactivity';
import { describeFailure } from '../console/api.ts';

export type CallOutcome<T> =
	{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/**
 * The calls that a page has on their way, each under a key, so that a button can show it and a second
 * press does nothing. Failures come back as words.
 */
export class Calls {
	readonly #running = new SvelteSet<string>();

	isRunning(key: string): boolean {
		return this.#running.has(key);
	}

	/** Makes the call unless one with the same key is on its way. */
	async run<T>(key: string, call: () => Promise<T>): Promise<CallOutcome<T>> {
		if (this.#running.has(key)) return { ok: false, message: 'This is already on its way.' };
		this.#running.add(key);
		try {
			return { ok: true, value: await call() };
		} catch (error) {
			return { ok: false, message: describeFailure(error) };
		} finally {
			this.#running.delete(key);
		}
	}
}

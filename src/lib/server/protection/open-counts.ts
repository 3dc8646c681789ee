/** A key and how many it may have at once. */
export type Cap = { readonly key: string; readonly limit: number };

/** Counts what is open by key, e.g. sockets by address, user and workspace. Keys with none are forgotten. */
export class OpenCounts {
	readonly #counts = new Map<string, number>();

	/** Keys that have any. */
	get size(): number {
		return this.#counts.size;
	}

	/**
	 * Counts one more under every key and returns what takes it back; twice is once. Null, and nothing is
	 * counted, when one of them is full.
	 */
	claim(...caps: readonly Cap[]): (() => void) | null {
		if (caps.some(({ key, limit }) => this.#count(key) >= limit)) return null;
		for (const { key } of caps) this.#counts.set(key, this.#count(key) + 1);
		let held = true;
		return () => {
			if (!held) return;
			held = false;
			for (const { key } of caps) {
				const left = this.#count(key) - 1;
				if (left > 0) this.#counts.set(key, left);
				else this.#counts.delete(key);
			}
		};
	}

	#count(key: string): number {
		return this.#counts.get(key) ?? 0;
	}
}

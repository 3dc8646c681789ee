export type SlotLimits = { readonly perProcess: number; readonly perWorkspace: number };

/** A workspace can have all files of a show on their way at once; a few workspaces can. */
const DEFAULT_LIMITS: SlotLimits = { perProcess: 16, perWorkspace: 4 };

/** When it is worth asking again for a slot, seconds. */
const RETRY_AFTER_SECONDS = 5;

export const BUSY_TEXT =
	'Too many downloads are running at once. Wait until one is done, then try again.';

/** The downloads that one process makes at the same time. */
export class ExportSlots {
	readonly #limits: SlotLimits;
	readonly #onRefused: (limiter: string) => void;
	readonly #running = new Map<string, number>();
	#total = 0;

	/** `onRefused` hears the name of the limit that refused somebody. */
	constructor(
		onRefused: (limiter: string) => void = () => undefined,
		limits: SlotLimits = DEFAULT_LIMITS
	) {
		this.#onRefused = onRefused;
		this.#limits = limits;
	}

	isFree(workspaceId: string): boolean {
		return this.#total < this.#limits.perProcess && this.#hasShare(workspaceId);
	}

	/** Takes a slot. Returns how to give it back, which is safe to do twice; null when none is free. */
	take(workspaceId: string): (() => void) | null {
		if (!this.#hasShare(workspaceId)) {
			this.#onRefused('exports-of-workspace');
			return null;
		}
		if (!this.isFree(workspaceId)) {
			this.#onRefused('exports-of-all');
			return null;
		}
		this.#count(workspaceId, 1);
		let taken = true;
		return () => {
			if (taken) this.#count(workspaceId, -1);
			taken = false;
		};
	}

	#hasShare(workspaceId: string): boolean {
		return (this.#running.get(workspaceId) ?? 0) < this.#limits.perWorkspace;
	}

	#count(workspaceId: string, change: 1 | -1): void {
		const running = (this.#running.get(workspaceId) ?? 0) + change;
		this.#total += change;
		if (running === 0) this.#running.delete(workspaceId);
		else this.#running.set(workspaceId, running);
	}
}

/** What is answered when no slot is free. */
export function busyResponse(): Response {
	return new Response(BUSY_TEXT, {
		status: 429,
		headers: {
			'cache-control': 'private, no-store',
			'content-type': 'text/plain; charset=utf-8',
			'retry-after': String(RETRY_AFTER_SECONDS)
		}
	});
}

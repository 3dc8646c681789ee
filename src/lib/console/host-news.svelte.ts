import type { ShowEvent } from '../domain/events.ts';

/** Somebody moved up from the queue, which the host should say. */
export type HostNote = {
	readonly claimId: string;
	readonly item: string;
	/** Foreign text: show it as text only. */
	readonly handle: string;
	readonly at: number;
};

/** Promotions that are older were missed long ago; the host can't be told any more. */
const NEWS_MS = 20_000;
/** More than that nobody reads out one by one. */
const KEPT = 50;

/** Promotions the host was not told of yet, oldest first. Each stays until somebody says it was told. */
export class HostNews {
	#notes = $state.raw<readonly HostNote[]>([]);

	get notes(): readonly HostNote[] {
		return this.#notes;
	}

	/** Takes new events; a promoted buyer who passes again is no news any more. Returns what is new. */
	hear(events: readonly ShowEvent[], now: number): readonly HostNote[] {
		const fresh: HostNote[] = [];
		const gone: string[] = [];
		for (const event of events) {
			if (event.type === 'claim.promoted' && now - event.at < NEWS_MS) {
				const { claimId, item, buyer } = event.data;
				fresh.push({ claimId, item, handle: buyer.handle, at: event.at });
			}
			if (event.type === 'claim.released') gone.push(event.data.claimId);
		}
		const stays = (note: HostNote) => !gone.includes(note.claimId);
		if (fresh.length > 0 || (gone.length > 0 && !this.#notes.every(stays))) {
			this.#notes = [...this.#notes, ...fresh].filter(stays).slice(-KEPT);
		}
		return fresh.filter(stays);
	}

	told(note: HostNote): void {
		this.#notes = this.#notes.filter((known) => known !== note);
	}

	allTold(): void {
		this.#notes = [];
	}
}

import type { ExportSource } from './source.ts';
import { pagesBySeq } from './source.ts';

/** Where each waiting claim of a show stands: 1 is next. */
export class WaitlistPositions {
	/** Ranks of an item's waiting claims, by item id, lowest first: eight bytes for each claim. */
	readonly #ranks: ReadonlyMap<string, readonly number[]>;

	private constructor(ranks: ReadonlyMap<string, readonly number[]>) {
		this.#ranks = ranks;
	}

	/** Reads the queues of all items (index `claims_show`). */
	static async read({ db, show, lastSeq }: ExportSource): Promise<WaitlistPositions> {
		const ranks = new Map<string, number[]>();
		const pages = pagesBySeq(lastSeq, ({ from, to }) =>
			db
				.selectFrom('claims')
				.select(['item_id', 'rank'])
				.where('show_id', '=', show.id)
				.where('state', '=', 'waitlist')
				.where('created_seq', '>=', String(from))
				.where('created_seq', '<=', String(to))
				.execute()
		);
		for await (const page of pages) {
			for (const { item_id, rank } of page) {
				const queue = ranks.get(item_id);
				if (queue) queue.push(Number(rank));
				else ranks.set(item_id, [Number(rank)]);
			}
		}
		for (const queue of ranks.values()) queue.sort((a, b) => a - b);
		return new WaitlistPositions(ranks);
	}

	/** The place of the waiting claim with this rank in its item's queue. */
	of(itemId: string, rank: number): number {
		const queue = this.#ranks.get(itemId) ?? [];
		let [low, high] = [0, queue.length];
		while (low < high) {
			const middle = (low + high) >>> 1;
			if ((queue[middle] ?? Infinity) < rank) low = middle + 1;
			else high = middle;
		}
		return low + 1;
	}
}

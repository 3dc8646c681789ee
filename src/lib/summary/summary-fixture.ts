import type { ItemSummary, Timeline } from './types.ts';

type Facts = Partial<Pick<ItemSummary, 'title' | 'claims' | 'waiting' | 'peakWaiting'>> & {
	/** Sold out so long after the start; not at all when left out. */
	readonly soldOutMs?: number;
};

/** An item of a summary, for tests. */
export function itemSummary(number: string, { soldOutMs, ...facts }: Facts = {}): ItemSummary {
	return {
		itemId: `item-${number}`,
		number,
		title: `Item ${number}`,
		quantity: 1,
		state: 'open',
		claims: 0,
		sold: 0,
		waiting: 0,
		winners: [],
		queue: [],
		peakWaiting: 0,
		soldOut:
			soldOutMs === undefined
				? null
				: { at: 1_000 + soldOutMs, after: { ms: soldOutMs, from: 'started' } },
		...facts
	};
}

/** A timeline from 1,000 ms on in columns of 100 ms, for tests. */
export function timelineOf(more: Partial<Timeline> = {}): Timeline {
	return {
		startAt: 1_000,
		endAt: 1_250,
		stepMs: 100,
		buckets: [
			{ comments: 3, claims: 1 },
			{ comments: 0, claims: 0 },
			{ comments: 5, claims: 2 }
		],
		pauses: [],
		shown: [],
		soldOut: [],
		...more
	};
}

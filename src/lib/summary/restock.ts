import type { ItemSummary } from './types.ts';

/** Items that somebody still waits for: the longest queue first, then the one that was longest ever. */
export function restockList(items: readonly ItemSummary[]): ItemSummary[] {
	return items
		.filter((item) => item.waiting > 0)
		.toSorted(
			(a, b) =>
				b.waiting - a.waiting ||
				b.peakWaiting - a.peakWaiting ||
				Number(a.number) - Number(b.number)
		);
}

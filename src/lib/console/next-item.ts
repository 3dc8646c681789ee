import type { ItemClaims } from '../domain/show-state.ts';

/** The number after the highest one; `1` for a show without items. Beyond six digits there is none. */
export function nextItemNumber(items: readonly ItemClaims[]): string {
	const highest = Number(items.at(-1)?.number ?? 0);
	return highest < 999_999 ? String(highest + 1) : '';
}

/**
 * The item before or after the one that is shown, in the order of numbers; from none on it is the first
 * or the last. Null at the end, and without items.
 */
export function stepItem(
	items: readonly ItemClaims[],
	showing: string | null,
	by: 1 | -1
): ItemClaims | null {
	if (showing === null) return (by === 1 ? items[0] : items.at(-1)) ?? null;
	const index = items.findIndex((item) => Number(item.number) >= Number(showing));
	const isThere = items[index]?.number === showing;
	if (index < 0) return (by === 1 ? null : items.at(-1)) ?? null;
	const target = by === 1 ? index + (isThere ? 1 : 0) : index - 1;
	return items[target] ?? null;
}

/** A figure taken several times: its median, with what it ranged over. */
export type Spread = { readonly median: number; readonly min: number; readonly max: number };

/** The value below which `share` (0 to 1) of the sorted values lie; NaN for none. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
	const rank = Math.ceil(sorted.length * share) - 1;
	return sorted[Math.min(Math.max(rank, 0), sorted.length - 1)] ?? NaN;
}

/** @throws RangeError without a value. */
export function spreadOf(values: readonly number[]): Spread {
	if (values.length === 0) throw new RangeError('a median needs at least one value');
	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted.length >> 1;
	const upper = sorted[middle] ?? NaN;
	const lower = sorted.length % 2 === 1 ? upper : (sorted[middle - 1] ?? NaN);
	return { median: (lower + upper) / 2, min: sorted[0] ?? NaN, max: sorted.at(-1) ?? NaN };
}

/**
 * The ratio of two figures that were taken side by side, round by round: what slows the machine down
 * for a moment slows both, and so changes the ratio of that round little.
 */
export function pairedRatio(figures: readonly number[], bases: readonly number[]): Spread {
	return spreadOf(figures.map((figure, round) => figure / (bases[round] ?? NaN)));
}

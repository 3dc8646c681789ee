/** The most columns a timeline has: more would be narrower than a few pixels. */
export const MAX_BUCKETS = 96;

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Widths that people count in. Those below a second serve rehearsals played as fast as they go. */
const STEPS_MS: readonly number[] = [
	...[10, 20, 50, 100, 200, 500],
	...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
	...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
	...[1, 2, 6, 12].map((hours) => hours * HOUR_MS)
];

/** A row of equal spans of time, the first from `startAt` on. */
export type Buckets = {
	readonly startAt: number;
	readonly stepMs: number;
	readonly count: number;
};

/**
 * Cuts a span into at most `MAX_BUCKETS` equal parts of a round width; the last may reach beyond `endAt`.
 * Times are epoch milliseconds. An `endAt` before `startAt` gives one bucket.
 */
export function chooseBuckets(startAt: number, endAt: number): Buckets {
	const spanMs = Math.max(1, endAt - startAt);
	const stepMs =
		STEPS_MS.find((step) => Math.ceil(spanMs / step) <= MAX_BUCKETS) ??
		Math.ceil(spanMs / DAY_MS / MAX_BUCKETS) * DAY_MS;
	return { startAt, stepMs, count: Math.ceil(spanMs / stepMs) };
}

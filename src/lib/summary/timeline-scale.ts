const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const TIME_STEPS_MS: readonly number[] = [
	...[100, 200, 500],
	...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
	...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
	...[1, 2, 3, 6, 12, 24].map((hours) => hours * HOUR_MS)
];

/** Marks of a time axis in ms from the start, at round times, at most `limit` of them after 0. */
export function timeTicks(spanMs: number, limit: number): number[] {
	const step =
		TIME_STEPS_MS.find((width) => spanMs / width <= limit) ??
		Math.ceil(spanMs / limit / (24 * HOUR_MS)) * 24 * HOUR_MS;
	return Array.from({ length: Math.floor(spanMs / step) + 1 }, (_, index) => index * step);
}

/** `0`, `0.5 s`, `30 s`, `5 min`, `1:30 h`: a mark of the time axis. */
export function tickLabel(ms: number): string {
	if (ms === 0) return '0';
	if (ms < MINUTE_MS) return `${ms / SECOND_MS} s`;
	if (ms < HOUR_MS) {
		const seconds = (ms % MINUTE_MS) / SECOND_MS;
		const minutes = Math.floor(ms / MINUTE_MS);
		return seconds === 0 ? `${minutes} min` : `${minutes}:${String(seconds).padStart(2, '0')} min`;
	}
	const minutes = Math.round((ms % HOUR_MS) / MINUTE_MS);
	return `${Math.floor(ms / HOUR_MS)}${minutes === 0 ? '' : `:${String(minutes).padStart(2, '0')}`} h`;
}

/** Marks of an axis of counts from 0 up: two to five, whole and round, the last one at least `max`. */
export function countTicks(max: number): number[] {
	const rough = Math.max(1, max) / 4;
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = Math.max(
		1,
		[1, 2, 5, 10].map((factor) => factor * power).find((width) => width >= rough) ?? 1
	);
	const count = Math.max(1, Math.ceil(max / step));
	return Array.from({ length: count + 1 }, (_, index) => index * step);
}

/** A short show has few columns: bars as wide as those would say nothing. */
const MAX_BAR = 40;

/**
 * Bars of these heights side by side, as one SVG path: a hundred elements less to draw. All in px;
 * `width` is that of all columns together, `bottom` where the bars stand.
 */
export function barPath(
	heights: readonly number[],
	plot: { readonly left: number; readonly width: number; readonly bottom: number }
): string {
	const column = plot.width / heights.length;
	const bar = Math.min(MAX_BAR, column - Math.min(2, column * 0.3));
	return heights
		.map((height, index) => {
			if (height <= 0) return '';
			const left = plot.left + (index + 0.5) * column - bar / 2;
			return `M${left.toFixed(1)} ${plot.bottom}v${(-height).toFixed(1)}h${bar.toFixed(1)}V${plot.bottom}z`;
		})
		.join('');
}

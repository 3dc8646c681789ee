/** `40 ms`, `0.4 s`, `12 s`, `3 min 20 s`, `1 h 05 min`: how long something took, in at most two units. */
export function duration(ms: number): string {
	if (ms < 100 && ms !== 0) return `${ms} ms`;
	if (ms < 10_000 && ms % 1000 !== 0) return `${(ms / 1000).toFixed(1)} s`;
	const seconds = Math.round(ms / 1000);
	if (seconds < 60) return `${seconds} s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60) return `${minutes} min${seconds % 60 === 0 ? '' : ` ${seconds % 60} s`}`;
	return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/**
 * `12 %`; one decimal below ten. All and nothing are said of all and nothing alone: 299 of 300 are 99 %. Null
 * when there is nothing to take a share of.
 */
export function share(part: number, whole: number): string | null {
	if (whole === 0) return null;
	const percent = (part / whole) * 100;
	if (part === 0 || part === whole) return `${percent} %`;
	const shown = percent < 10 ? Math.round(percent * 10) / 10 : Math.round(percent);
	return `${Math.min(99, Math.max(0.1, shown))} %`;
}

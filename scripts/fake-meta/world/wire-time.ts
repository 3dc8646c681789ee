/** `2026-10-04T16:00:12+0000`: how the Graph API writes times, to the second (PLATFORMS 2.2). */
export function wireTime(epochMs: number): string {
	return new Date(Math.floor(epochMs / 1000) * 1000).toISOString().replace('.000Z', '+0000');
}

/** Whole seconds since the epoch. */
export function unixSeconds(epochMs: number): number {
	return Math.floor(epochMs / 1000);
}

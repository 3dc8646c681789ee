/** Platforms that get a label of their own. A recording may name any other: they share one. */
const KNOWN: ReadonlySet<string> = new Set([
	'facebook',
	'instagram',
	'twitch',
	'youtube',
	'livekit',
	'manual'
]);

/** A platform as a label: one of few values, whatever a comment says. */
export function platformLabel(platform: string): string {
	return KNOWN.has(platform) ? platform : 'other';
}

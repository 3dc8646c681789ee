import type { Overview } from './replay-session.svelte.ts';

export type ReplayMark = Overview['marks'][number];

/** From when to when the show took no claims, epoch ms. */
export type Pause = { readonly from: number; readonly to: number };

/** The pauses among the marks; one that lasts ends with the log. */
export function pausesOf(marks: readonly ReplayMark[], end: number): Pause[] {
	const pauses: Pause[] = [];
	let since: number | null = null;
	for (const { kind, at } of marks) {
		if (kind === 'paused') since ??= at;
		if (since !== null && (kind === 'resumed' || kind === 'ended' || kind === 'reopened')) {
			pauses.push({ from: since, to: at });
			since = null;
		}
	}
	if (since !== null) pauses.push({ from: since, to: end });
	return pauses;
}

const TURNS = {
	started: 'Show started',
	paused: 'Paused',
	resumed: 'Resumed',
	ended: 'Show ended',
	reopened: 'Reopened'
} as const;

/** `Item 12 sold out: Linen dress`. */
export function markWords(mark: ReplayMark): string {
	if (!('item' in mark)) return TURNS[mark.kind];
	const what = mark.kind === 'shown' ? 'shown' : 'sold out';
	return `Item ${mark.item} ${what}${mark.title === '' ? '' : `: ${mark.title}`}`;
}

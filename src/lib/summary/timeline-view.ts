import type { Timeline } from './types.ts';

type Mark = Timeline['shown'][number];

/** A column of the timeline with everything that is told of it. Times are epoch ms. */
export type Column = {
	readonly from: number;
	readonly to: number;
	readonly comments: number;
	readonly claims: number;
	readonly shown: readonly Mark[];
	readonly soldOut: readonly Mark[];
	/** Sentences: `Paused`, `Resumed`. */
	readonly turns: readonly string[];
};

/** The column that an instant falls into; what lies before or after the show counts to the outermost. */
function columnAt(timeline: Timeline, at: number): number {
	const index = Math.floor((at - timeline.startAt) / timeline.stepMs);
	return Math.min(timeline.buckets.length - 1, Math.max(0, index));
}

function byColumn<T extends { readonly at: number }>(
	timeline: Timeline,
	marks: readonly T[]
): Map<number, T[]> {
	const found = new Map<number, T[]>();
	for (const mark of marks) {
		const index = columnAt(timeline, mark.at);
		found.set(index, [...(found.get(index) ?? []), mark]);
	}
	return found;
}

function turnsOf(timeline: Timeline): { readonly at: number; readonly text: string }[] {
	return timeline.pauses.flatMap(({ kind, from, to }) => [
		{ at: from, text: kind === 'paused' ? 'Paused' : 'Ended' },
		...(to === null ? [] : [{ at: to, text: kind === 'paused' ? 'Resumed' : 'Reopened' }])
	]);
}

/** The timeline column by column, as chart, tooltip and table tell it. */
export function columnsOf(timeline: Timeline): Column[] {
	const shown = byColumn(timeline, timeline.shown);
	const soldOut = byColumn(timeline, timeline.soldOut);
	const turns = byColumn(timeline, turnsOf(timeline));
	return timeline.buckets.map(({ comments, claims }, index) => {
		const from = timeline.startAt + index * timeline.stepMs;
		return {
			from,
			to: Math.max(from + 1, Math.min(from + timeline.stepMs, timeline.endAt)),
			comments,
			claims,
			shown: shown.get(index) ?? [],
			soldOut: soldOut.get(index) ?? [],
			turns: (turns.get(index) ?? []).map(({ text }) => text)
		};
	});
}

/** `12 Linen dress, 13 Scarf and 4 more` */
export function markNames(marks: readonly Mark[], limit: number): string {
	const names = marks.slice(0, limit).map(({ item, title }) => `${item} ${title}`.trim());
	const left = marks.length - names.length;
	return left > 0 ? `${names.join(', ')} and ${left} more` : names.join(', ');
}

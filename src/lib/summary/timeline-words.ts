import { plural } from '../ui/format.ts';
import { markNames } from './timeline-view.ts';
import type { Column } from './timeline-view.ts';

/** Items named in one place; the others are counted. */
const NAMED = 4;

/** What happened in a column beside comments and claims, a sentence each. */
export function columnEvents(column: Column, named = NAMED): string[] {
	return [
		...column.turns,
		...(column.shown.length > 0 ? [`Shown: ${markNames(column.shown, named)}`] : []),
		...(column.soldOut.length > 0 ? [`Sold out: ${markNames(column.soldOut, named)}`] : [])
	];
}

/** `12 comments, 3 claims. Sold out: 12 Linen dress` */
export function columnWords(column: Column): string {
	const counts = `${plural(column.comments, 'comment')}, ${plural(column.claims, 'claim')}`;
	return [counts, ...columnEvents(column)].join('. ');
}

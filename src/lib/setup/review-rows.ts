import type { ItemDraft } from '../domain/parse-item-line.ts';
import type { ReadRow } from './read-row.ts';

/** `ready`: can be added. `exists`: the show has an item with this number. `faulty`: must be corrected. */
export type RowVerdict = 'ready' | 'exists' | 'faulty';

export type ReviewedRow = ReadRow & { readonly verdict: RowVerdict };

export type Review = {
	readonly rows: readonly ReviewedRow[];
	/** What would be added, in the order of the rows. */
	readonly ready: readonly ItemDraft[];
	readonly units: number;
	readonly existing: number;
	readonly faulty: number;
};

/**
 * Looks at the rows together and against the show: of two rows with one number only the first can be
 * added, and none whose number is taken. `titleOf`: the title of the show's item with this number,
 * undefined when it has none. `place`: what a row is called, e.g. `line`.
 */
export function reviewRows(
	rows: readonly ReadRow[],
	titleOf: (number: string) => string | undefined,
	place: 'line' | 'row'
): Review {
	const firstRow = new Map<string, number>();
	const reviewed = rows.map((row): ReviewedRow => {
		if (row.item === null) return { ...row, verdict: 'faulty' };
		const { number } = row.item;
		const first = firstRow.get(number);
		if (first !== undefined) {
			const where = first === row.row ? `this ${place}` : `${place} ${first}`;
			return { ...row, verdict: 'faulty', fault: `Number ${number} is already used in ${where}.` };
		}
		firstRow.set(number, row.row);
		const title = titleOf(number);
		if (title === undefined) return { ...row, verdict: 'ready' };
		return { ...row, verdict: 'exists', fault: `The show has item ${number} already: “${title}”.` };
	});
	const ready = reviewed.flatMap(({ verdict, item }) =>
		verdict === 'ready' && item !== null ? [item] : []
	);
	return {
		rows: reviewed,
		ready,
		units: ready.reduce((sum, item) => sum + item.quantity, 0),
		existing: reviewed.filter(({ verdict }) => verdict === 'exists').length,
		faulty: reviewed.filter(({ verdict }) => verdict === 'faulty').length
	};
}

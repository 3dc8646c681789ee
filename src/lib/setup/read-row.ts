import type { ItemDraft } from '../domain/parse-item-line.ts';

/** Most rows that one list or file may hold. */
export const MAX_ROWS = 2_000;

/** The parts of a row as they were written, to be shown beside what is wrong with them. */
export type RowCells = {
	readonly number: string;
	readonly title: string;
	readonly quantity: string;
};

/** One row of a list or file, read on its own. */
export type ReadRow = {
	/** Its place in the list or file, as an editor or spreadsheet counts it: 1 is the first. */
	readonly row: number;
	readonly cells: RowCells;
	/** Null when it can't be read; then `fault` says why. */
	readonly item: ItemDraft | null;
	readonly fault: string | null;
};

/** A row that was read. */
export function goodRow(row: number, item: ItemDraft): ReadRow {
	const { number, title, quantity } = item;
	return { row, cells: { number, title, quantity: String(quantity) }, item, fault: null };
}

/** A row that can't be added, with the reason in words. */
export function badRow(row: number, cells: RowCells, fault: string): ReadRow {
	return { row, cells, item: null, fault };
}

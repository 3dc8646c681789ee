import { parseItemNumber } from '../domain/parse-comment.ts';
import { normaliseText } from '../domain/text.ts';

export const COLUMNS = ['number', 'title', 'quantity'] as const;
/** What a column of an item file can hold. */
export type Column = (typeof COLUMNS)[number];

/** Which column of the file holds what, from 0; null for none. */
export type ColumnMap = Readonly<Record<Column, number | null>>;

/** Names in the normalised form of `headingOf`. The first heading of the file that fits is taken. */
const NAMES: Record<Column, readonly string[]> = {
	number: [
		...['number', 'item number', 'item no', 'item nr', 'item num', 'lot number', 'lot'],
		...['no', 'nr', 'num', '#']
	],
	title: [
		...['title', 'name', 'item name', 'item title', 'product name', 'product'],
		...['description', 'item description', 'article']
	],
	quantity: [
		...['quantity', 'qty', 'units', 'unit count', 'pieces', 'pcs', 'stock', 'in stock'],
		...['available', 'amount', 'count', 'how many']
	]
};
/** Means the number when no other column does (`item, name, qty`), else the title (`no, item, qty`). */
const EITHER = ['item', 'items', 'id'];

/** `item no` for `Item No.`; a lone `#` or `№` stays a name. */
function headingOf(cell: string): string {
	const text = cell.trim();
	if (text === '#' || text === '№') return '#';
	return normaliseText(text);
}

/** Finds the columns by their names in the file's first row, in any order and case. */
export function findColumns(headings: readonly string[]): ColumnMap {
	const names = headings.map(headingOf);
	const find = (wanted: readonly string[]): number | null => {
		const index = names.findIndex((name) => wanted.includes(name));
		return index < 0 ? null : index;
	};
	const either = find(EITHER);
	const number = find(NAMES.number);
	const title = find(NAMES.title);
	return {
		number: number ?? either,
		title: title ?? (number === null ? null : either),
		quantity: find(NAMES.quantity)
	};
}

/** Whether the file's first row holds data: no name that means anything, but an item number. */
export function startsWithData(firstRow: readonly string[]): boolean {
	const columns = findColumns(firstRow);
	if (COLUMNS.some((column) => columns[column] !== null)) return false;
	return firstRow.some((cell) => parseItemNumber(normaliseText(cell)) !== null);
}

/** Without names, in the order in which people write them: number, title, quantity. */
export function columnsByPlace(width: number): ColumnMap {
	return { number: 0, title: width > 1 ? 1 : null, quantity: width > 2 ? 2 : null };
}

/** What keeps the file from being read, in words: the columns it lacks and the names it has. Null for nothing. */
export function explainColumns(columns: ColumnMap, headings: readonly string[]): string | null {
	const missing = (['number', 'title'] as const).filter((column) => columns[column] === null);
	if (missing.length === 0) {
		return columns.number === columns.title ? 'Number and title need a column each.' : null;
	}
	const named = headings.map((heading) => heading.trim()).filter((heading) => heading !== '');
	const found =
		named.length === 0
			? 'Its first row is empty.'
			: `Its first row says ${named.map((heading) => `“${heading}”`).join(', ')}.`;
	const lacks = missing.map((column) => `“${column}”`).join(' or ');
	return `No column of this file is called ${lacks}. ${found} Choose the columns here, or correct the first row of the file: number, title, quantity.`;
}

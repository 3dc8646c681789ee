import { ITEM_LINE_FAULTS, parseItemLine } from '../domain/parse-item-line.ts';
import { ITEM_RANGE_FAULTS, itemsOfRange, parseItemRange } from './parse-item-range.ts';
import { badRow, goodRow } from './read-row.ts';
import type { ReadRow } from './read-row.ts';

/** Longest text that a field for a list takes, in UTF-16 units. */
export const MAX_LIST_TEXT = 200_000;

function readLine(row: number, text: string): ReadRow[] {
	const unread = { number: '', title: text.trim(), quantity: '' };
	const range = parseItemRange(text);
	if (range?.ok) return itemsOfRange(range.range).map((item) => goodRow(row, item));
	if (range) return [badRow(row, unread, ITEM_RANGE_FAULTS[range.fault])];
	const line = parseItemLine(text);
	return [line.ok ? goodRow(row, line.item) : badRow(row, unread, ITEM_LINE_FAULTS[line.fault])];
}

/**
 * Reads a pasted list: on each line an item (`12 Linen dress x2`, or cells as a spreadsheet copies them)
 * or a range (`100-120 Mystery bag x2`). Blank lines are left out. A range gives one row per item, all
 * with the number of its line.
 */
export function readItemList(text: string): ReadRow[] {
	return text
		.split(/\r\n|\r|\n/)
		.flatMap((line, index) => (line.trim() === '' ? [] : readLine(index + 1, line)));
}

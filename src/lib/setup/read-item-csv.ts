import Papa from 'papaparse';
import type { ItemDraft } from '../domain/parse-item-line.ts';
import { checkNumber, checkQuantity, checkTitle } from './check-item.ts';
import { columnsByPlace, findColumns, startsWithData } from './csv-columns.ts';
import type { ColumnMap } from './csv-columns.ts';
import { MAX_ROWS, badRow, goodRow } from './read-row.ts';
import type { ReadRow, RowCells } from './read-row.ts';

/** Columns that a choice offers; a file with more is no list of items. */
const MAX_COLUMNS = 50;

type SheetRow = {
	/** As a spreadsheet counts it: 1 is the first, with or without names. */
	readonly row: number;
	readonly cells: readonly string[];
};

/** A file of comma-, semicolon- or tab-separated values, split into its cells. */
export type Sheet = {
	/** Names of the columns; null when the first row is data already. */
	readonly headings: readonly string[] | null;
	/** How many columns the widest row has. */
	readonly width: number;
	/** Which columns seem to hold what. */
	readonly columns: ColumnMap;
	/** Rows below the names, without blank ones. */
	readonly rows: readonly SheetRow[];
};

export type SheetResult =
	| { readonly ok: true; readonly sheet: Sheet }
	/** `message`: what is wrong with the file as a whole, and what to do. */
	| { readonly ok: false; readonly message: string };

const refused = (message: string): SheetResult => ({ ok: false, message });

/** Excel can say the separator in a line of its own, which it does not show. */
const SEPARATOR_LINE = /^sep=([,;\t|])(?:\r\n|\r|\n)/i;

/**
 * Splits a file into cells and finds its columns. The separator is found out; quoted cells may hold
 * separators, quotes (doubled) and line breaks.
 */
export function readSheet(text: string): SheetResult {
	const content = text.replace(/^\ufeff/, '');
	const separator = SEPARATOR_LINE.exec(content);
	const { data, errors } = Papa.parse<string[]>(content.slice(separator?.[0].length ?? 0), {
		delimiter: separator?.[1] ?? '',
		delimitersToGuess: [',', ';', '\t'],
		skipEmptyLines: false
	});
	const unpaired = errors.find((error) => error.type === 'Quotes');
	if (unpaired) {
		const row = (unpaired.row ?? 0) + 1;
		return refused(
			`The quotes (") in row ${row} are not in pairs, so the rest can’t be read. Correct them in the file; a quote inside quotes is written twice.`
		);
	}
	const all = data
		.map((cells, index): SheetRow => ({ row: index + 1, cells }))
		.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
	return sheetOf(all);
}

function sheetOf(all: readonly SheetRow[]): SheetResult {
	const [first] = all;
	if (!first) return refused('The file is empty.');
	const hasHeadings = !startsWithData(first.cells);
	const rows = hasHeadings ? all.slice(1) : all;
	if (rows.length === 0) {
		return refused('The file has column names but no row below them.');
	}
	if (rows.length > MAX_ROWS) {
		return refused(
			`The file has ${rows.length} rows; at most ${MAX_ROWS} can be added at once. Split it into several.`
		);
	}
	const width = all.reduce((widest, { cells }) => Math.max(widest, cells.length), 0);
	if (width > MAX_COLUMNS) return refused(`The file has ${width} columns. Is it a list of items?`);
	return {
		ok: true,
		sheet: {
			headings: hasHeadings ? first.cells : null,
			width,
			columns: hasHeadings ? findColumns(first.cells) : columnsByPlace(width),
			rows
		}
	};
}

/** Reads the rows of a file as items, with these columns. */
export function readSheetItems(sheet: Sheet, columns: ColumnMap): ReadRow[] {
	return sheet.rows.map(({ row, cells }) => {
		const cell = (column: number | null) => (column === null ? '' : (cells[column] ?? '').trim());
		const written: RowCells = {
			number: cell(columns.number),
			title: cell(columns.title),
			quantity: cell(columns.quantity)
		};
		const { item, faults } = readCells(written);
		if (isTooWide(cells, sheet.headings)) faults.unshift(TOO_WIDE);
		return item !== null && faults.length === 0
			? goodRow(row, item)
			: badRow(row, written, faults.join(' '));
	});
}

const TOO_WIDE =
	'This row has more columns than the first one. Put a text that holds the separator in quotes (").';

/** A separator inside a title that is not quoted shifts everything behind it. */
function isTooWide(cells: readonly string[], headings: readonly string[] | null): boolean {
	return headings !== null && cells.slice(headings.length).some((cell) => cell.trim() !== '');
}

/** A row without quantity has one unit. */
function readCells(written: RowCells): { item: ItemDraft | null; faults: string[] } {
	const number = checkNumber(written.number);
	const title = checkTitle(written.title);
	const quantity = checkQuantity(written.quantity === '' ? '1' : written.quantity);
	if (number.ok && title.ok && quantity.ok) {
		const item = { number: number.value, title: title.value, quantity: quantity.value };
		return { item, faults: [] };
	}
	const faults = [number, title, quantity].flatMap((part) => (part.ok ? [] : [part.fault]));
	return { item: null, faults };
}

import Papa from 'papaparse';
import type { CsvStyle } from './csv-style.ts';
import { neutraliseFormula } from './neutralise-formula.ts';

/** A cell: text, a number, or nothing. */
export type Cell = string | number | null;

/** Tells Excel that a CSV is UTF-8; the other programs don't need it and skip it. */
export const BYTE_ORDER_MARK = '\uFEFF';

/** LibreOffice's import splits at all of these unless it is told not to; it spares them within quotes. */
const SEPARATORS = /[,;\t]/;

const CONFIG: Papa.UnparseConfig = {
	newline: '\r\n',
	quotes: (cell: unknown) => typeof cell === 'string' && SEPARATORS.test(cell)
};

/**
 * Rows as CSV (RFC 4180, but for the separator): CRLF after each row, quotes where a cell needs them. No
 * text in it can become a formula. Rows of several calls can be put one after the other.
 */
export function csvRows(
	rows: readonly (readonly Cell[])[],
	separator: CsvStyle['separator']
): string {
	if (rows.length === 0) return '';
	const safe = rows.map((row) =>
		row.map((cell) => (typeof cell === 'string' ? neutraliseFormula(cell) : cell))
	);
	return `${Papa.unparse(safe, { ...CONFIG, delimiter: separator })}\r\n`;
}

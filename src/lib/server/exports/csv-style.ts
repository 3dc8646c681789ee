/** How a CSV is written. */
export type CsvStyle = {
	/** Tells Excel that it is UTF-8. */
	readonly withByteOrderMark: boolean;
	/** `;` for an Excel whose comma is the decimal sign: it then opens the file by a double click. */
	readonly separator: ',' | ';';
};

/** RFC 4180, for programs. */
export const PLAIN_CSV: CsvStyle = { withByteOrderMark: false, separator: ',' };

/** The style that an address asks for: `?bom=1`, `?separator=semicolon`; anything else means nothing. */
export function readCsvStyle(query: URLSearchParams): CsvStyle {
	return {
		withByteOrderMark: query.get('bom') === '1',
		separator: query.get('separator') === 'semicolon' ? ';' : ','
	};
}

/** Most rows of one page. */
export const MAX_PAGE_ROWS = 100;
export const DEFAULT_PAGE_ROWS = 50;

/** Rows of a page and where the next one starts; null on the last page. */
export type Page<Row> = { readonly rows: Row[]; readonly nextCursor: string | null };

/** Queries read one row more than the page holds: its presence says that there is a next page. */
export function toPage<Row, Result>(
	rows: readonly Row[],
	limit: number,
	cursorOf: (row: Row) => string,
	toResult: (row: Row) => Result
): Page<Result> {
	const shown = rows.slice(0, limit);
	const last = shown.at(-1);
	return {
		rows: shown.map(toResult),
		nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null
	};
}

/** A LIKE pattern that finds the text anywhere, taking `%`, `_` and `\` in it as they are. */
export function containsPattern(text: string): string {
	return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}

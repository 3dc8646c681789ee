import { BUYER_COLUMNS, buyerRows } from './buyers.ts';
import { CLAIM_COLUMNS, claimRows } from './claims.ts';
import { COMMENT_COLUMNS, commentRows } from './comments.ts';
import { BYTE_ORDER_MARK, csvRows } from './csv.ts';
import type { Cell } from './csv.ts';
import type { CsvStyle } from './csv-style.ts';
import { eventLines } from './event-log.ts';
import { ofOneState } from './source.ts';
import type { ExportSource } from './source.ts';

/** The files that a show can be handed on as. */
export const EXPORT_FILES = ['claims.csv', 'buyers.csv', 'comments.csv', 'events.jsonl'] as const;

export type ExportFile = (typeof EXPORT_FILES)[number];

/** The file with this name; null for any other text. */
export function findExportFile(name: string): ExportFile | null {
	return EXPORT_FILES.find((file) => file === name) ?? null;
}

/** CSV by RFC 4180 and 7111; JSON Lines has no registered type. */
export function contentType(file: ExportFile): string {
	return file === 'events.jsonl'
		? 'application/x-ndjson; charset=utf-8'
		: 'text/csv; charset=utf-8; header=present';
}

async function* csvText(
	columns: readonly string[],
	pages: AsyncGenerator<readonly (readonly Cell[])[], void, undefined>,
	{ withByteOrderMark, separator }: CsvStyle
): AsyncGenerator<string, void, undefined> {
	yield (withByteOrderMark ? BYTE_ORDER_MARK : '') + csvRows([columns], separator);
	for await (const rows of pages) yield csvRows(rows, separator);
}

/**
 * A file's text, piece by piece: as much is read as is taken, and nothing after `return()`. Throws at the end
 * when the show was deleted or opened again meanwhile. JSON Lines know no style, and get no byte order mark
 * (RFC 8259 §8.1).
 */
export function exportText(
	file: ExportFile,
	source: ExportSource,
	style: CsvStyle
): AsyncGenerator<string, void, undefined> {
	return ofOneState(source, textOf(file, source, style));
}

function textOf(
	file: ExportFile,
	source: ExportSource,
	style: CsvStyle
): AsyncGenerator<string, void, undefined> {
	switch (file) {
		case 'claims.csv':
			return csvText(CLAIM_COLUMNS, claimRows(source), style);
		case 'buyers.csv':
			return csvText(BUYER_COLUMNS, buyerRows(source), style);
		case 'comments.csv':
			return csvText(COMMENT_COLUMNS, commentRows(source), style);
		case 'events.jsonl':
			return eventLines(source);
	}
}

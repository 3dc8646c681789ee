import type { ColumnMap } from './csv-columns.ts';
import { decodeText } from './decode-text.ts';
import type { Sheet } from './read-item-csv.ts';
import type { ReadRow } from './read-row.ts';

const MAX_FILE_BYTES = 2 * 1024 * 1024;

/** A file of items that was read, and the way to its items. */
export type OpenSheet = {
	readonly name: string;
	readonly sheet: Sheet;
	readItems(columns: ColumnMap): ReadRow[];
};

export type OpenSheetResult =
	| { readonly ok: true; readonly file: OpenSheet }
	| { readonly ok: false; readonly message: string };

/** Reads a file that the operator chose. Browser only; the CSV reader comes with the first file. */
export async function openSheet(file: File): Promise<OpenSheetResult> {
	if (file.size > MAX_FILE_BYTES) {
		return { ok: false, message: 'The file is larger than 2 MB. Is it a list of items?' };
	}
	try {
		const decoded = decodeText(new Uint8Array(await file.arrayBuffer()));
		if (!decoded.ok) return decoded;
		const { readSheet, readSheetItems } = await import('./read-item-csv.ts');
		const result = readSheet(decoded.text);
		if (!result.ok) return result;
		const { sheet } = result;
		return {
			ok: true,
			file: { name: file.name, sheet, readItems: (columns) => readSheetItems(sheet, columns) }
		};
	} catch {
		return { ok: false, message: `“${file.name}” could not be read. Choose it again.` };
	}
}

/** How a file's bytes became text, or why they can't. */
export type DecodedText =
	{ readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

const startsWith = (bytes: Uint8Array, ...start: number[]): boolean =>
	start.every((byte, index) => bytes[index] === byte);

/**
 * The text of a file from a spreadsheet: UTF-8, UTF-16 with its mark, or else what Excel writes in the
 * West when asked for plain CSV (windows-1252). A workbook is refused: it is no text.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
	if (startsWith(bytes, 0x50, 0x4b, 0x03, 0x04) || startsWith(bytes, 0xd0, 0xcf, 0x11, 0xe0)) {
		return {
			ok: false,
			message: 'This is a workbook, not a CSV file. Save or export the sheet as CSV first.'
		};
	}
	if (startsWith(bytes, 0xff, 0xfe)) return decoded('utf-16le', bytes);
	if (startsWith(bytes, 0xfe, 0xff)) return decoded('utf-16be', bytes);
	try {
		return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
	} catch {
		return decoded('windows-1252', bytes);
	}
}

function decoded(encoding: string, bytes: Uint8Array): DecodedText {
	const text = new TextDecoder(encoding).decode(bytes);
	return text.includes('\0')
		? { ok: false, message: 'This is not a text file. Save or export the sheet as CSV first.' }
		: { ok: true, text };
}

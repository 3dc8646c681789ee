/** Longest name of a show within a file name, in UTF-8 bytes; file systems take 255 for the whole. */
const MAX_NAME_BYTES = 150;

/** What file systems refuse or read as a path (Windows: `<>:"/\|?*`), and controls. */
const FORBIDDEN = /[<>:"/\\|?*\p{Cc}]+/gu;
/** Marks that turn the direction of text round: with them a name can show a false extension. */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Cuts between characters as people see them, so that no emoji is cut in two. */
function cutToBytes(text: string, limit: number): string {
	let bytes = 0;
	let kept = '';
	for (const { segment } of graphemes.segment(text)) {
		bytes += Buffer.byteLength(segment);
		if (bytes > limit) break;
		kept += segment;
	}
	return kept;
}

/**
 * `Friday sale 2026-11-20 claims.csv`. `startedAt` is a time as `zonedTime` writes it; its day is taken.
 * `file` is the plain name, e.g. `claims.csv`.
 */
export function exportFileName(showName: string, startedAt: string, file: string): string {
	const name = showName.replace(TURNING, '').replace(FORBIDDEN, ' ').replace(/\s+/gu, ' ').trim();
	// No leading dots: such files are hidden.
	const kept = cutToBytes(name, MAX_NAME_BYTES).replace(/^[\s.]+|[\s.]+$/gu, '');
	const [day = ''] = startedAt.split('T');
	return `${kept === '' ? 'Show' : kept} ${day} ${file}`;
}

/** For browsers that don't read `filename*`: ASCII, without anything that a quoted string must escape. */
function asciiName(name: string): string {
	return name
		.normalize('NFKD')
		.replace(/\p{M}/gu, '')
		.replace(/[^A-Za-z0-9._-]+/g, '-')
		.replace(/^[-.]+/, '');
}

/** Percent-encodes all but the `attr-char` of RFC 5987. */
function encodeExtended(text: string): string {
	return encodeURIComponent(text).replace(
		/['()*]/g,
		(char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`
	);
}

/** The `Content-Disposition` (RFC 6266) that saves a response under this name. */
export function attachment(fileName: string): string {
	return `attachment; filename="${asciiName(fileName)}"; filename*=UTF-8''${encodeExtended(fileName)}`;
}

/** Longest comment text that is kept, in UTF-16 units: Facebook's own limit for a comment. Longer text is cut. */
export const MAX_COMMENT_TEXT = 8_000;
/** Longest handle or display name that is kept, in UTF-16 units. Longer ones are cut. */
export const MAX_NAME_TEXT = 200;
/** Longest opaque platform id (user, comment, live), in UTF-16 units. Longer ids are refused: cutting an id would merge people. */
export const MAX_ID_TEXT = 200;

/**
 * Makes foreign text safe to store: cut to `limit` UTF-16 units, lone surrogates replaced, and a
 * space for each control character that a text column or a log can't hold (all C0/C1 but tab and line
 * feed). A space, because `normaliseText` reads them as one too: cleaning never changes an intent.
 */
export function cleanText(text: string, limit: number): string {
	const cut = text.length > limit ? text.slice(0, limit) : text;
	// eslint-disable-next-line no-control-regex -- removing control characters is the point
	return cut.toWellFormed().replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, ' ');
}

const NON_ASCII_DIGIT = /(?![0-9])\p{Nd}/gu;
const DECIMAL_DIGIT = /\p{Nd}/u;

/** Unicode lays the ten digits of a script out in one ascending run, so the distance to its start is the value. */
function asciiDigit(digit: string): string {
	const codePoint = digit.codePointAt(0) ?? 0;
	let distance = 0;
	while (DECIMAL_DIGIT.test(String.fromCodePoint(codePoint - distance - 1))) distance++;
	return String(distance % 10);
}

/**
 * The form in which comments and claim words are compared (DESIGN §3): NFKC, lower case, no format
 * characters, digits of any script as 0-9, everything else than letters, marks and digits as one space.
 */
export function normaliseText(text: string): string {
	return text
		.normalize('NFKC')
		.toLowerCase()
		.replace(/\p{Cf}+/gu, '')
		.replace(NON_ASCII_DIGIT, asciiDigit)
		.replace(/[^\p{L}\p{M}0-9]+/gu, ' ')
		.trim();
}

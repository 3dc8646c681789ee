/** Longest tag, in characters as people count them by typing. */
export const MAX_TAG_TEXT = 40;
/** Most tags of one person. */
export const MAX_TAGS = 20;
/** Longest note about a person, in UTF-16 units. */
export const MAX_NOTE_TEXT = 4_000;
/** Most identities that can be linked to one person. */
export const MAX_IDENTITIES = 20;

/** Characters that turn the reading direction around: in a chip they would spill over its neighbours. */
const DIRECTION = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A tag as it is stored and compared: NFKC, lower case, one space between words, no commas and no
 * control characters. Null for a text that leaves nothing, or more than `MAX_TAG_TEXT`.
 */
export function parseTag(typed: string): string | null {
	if (typed.length > MAX_TAG_TEXT * 4) return null;
	const tag = typed
		.toWellFormed()
		.normalize('NFKC')
		.toLowerCase()
		.replace(DIRECTION, '')
		.replace(/[\s,\p{Cc}]+/gu, ' ')
		.trim();
	return tag === '' || tag.length > MAX_TAG_TEXT ? null : tag;
}

import { normaliseText } from './text.ts';

/** The show's claim and pass word, each already normalised (see `parseIntentWord`). */
export type IntentWords = { readonly claimWord: string; readonly passWord: string };

/** What a viewer asks for: an item by its number, without leading zeros. */
export type Intent = { readonly kind: 'claim' | 'pass'; readonly item: string };

export const DEFAULT_WORDS: IntentWords = { claimWord: 'sold', passWord: 'pass' };

/** Longest claim or pass word, in UTF-16 units after normalisation. */
export const MAX_WORD_TEXT = 40;

/**
 * Normalises a claim or pass word as a seller types it. Null when it can't serve as one:
 * it must be one token of at most 40 units with at least one letter.
 */
export function parseIntentWord(input: string): string | null {
	const word = normaliseText(input);
	return word.length <= MAX_WORD_TEXT && !word.includes(' ') && /\p{L}/u.test(word) ? word : null;
}

/** `12` for `12`, `0012`; null for anything but 1–6 digits, and for 0, which is no item. */
export function parseItemNumber(digits: string): string | null {
	if (!/^[0-9]{1,6}$/.test(digits)) return null;
	const number = digits.replace(/^0+/, '');
	return number === '' ? null : number;
}

/** The item that a hit at this token names: `W<n>`, `<n>W`, `W <n>` or `<n> W`. */
function itemAt(token: string, next: string | undefined, word: string): string | null {
	if (token === word) return next === undefined ? null : parseItemNumber(next);
	if (next === word) {
		const item = parseItemNumber(token);
		if (item !== null) return item;
	}
	if (token.startsWith(word)) {
		const item = parseItemNumber(token.slice(word.length));
		if (item !== null) return item;
	}
	return token.endsWith(word) ? parseItemNumber(token.slice(0, -word.length)) : null;
}

/**
 * Finds the first claim or pass in a comment (DESIGN §3), or null when it asks for nothing.
 * Pure; the same text and words give the same answer on server and browser.
 */
export function parseComment(text: string, words: IntentWords): Intent | null {
	const tokens = normaliseText(text).split(' ');
	for (const [index, token] of tokens.entries()) {
		const next = tokens[index + 1];
		const claimed = itemAt(token, next, words.claimWord);
		if (claimed !== null) return { kind: 'claim', item: claimed };
		const passed = itemAt(token, next, words.passWord);
		if (passed !== null) return { kind: 'pass', item: passed };
	}
	return null;
}

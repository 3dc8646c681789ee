import { parseItemNumber } from '../domain/parse-comment.ts';
import { MAX_ITEM_QUANTITY, MAX_ITEM_TITLE } from '../domain/parse-item-line.ts';
import { cleanText, normaliseText } from '../domain/text.ts';

/** A part of an item as somebody typed it: its value, or what is wrong with it in words. */
export type Checked<T> =
	{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: string };

const fault = (text: string) => ({ ok: false, fault: text }) as const;
const value = <T>(of: T) => ({ ok: true, value: of }) as const;

/** `12` for `12`, `#0012` and `๑๒`. */
export function checkNumber(typed: string): Checked<string> {
	const text = typed.trim();
	if (text === '') return fault('The number is missing.');
	const digits = text.replace(/^#\s*/, '');
	const number = /^\p{Nd}+$/u.test(digits) ? parseItemNumber(normaliseText(digits)) : null;
	if (number !== null) return value(number);
	return fault(`“${shorten(text)}” is no item number: use 1 to 999999.`);
}

/** One line without control characters. */
export function checkTitle(typed: string): Checked<string> {
	const title = cleanText(typed, typed.length).replace(/\s+/g, ' ').trim();
	if (title === '') return fault('The title is missing.');
	if (title.length > MAX_ITEM_TITLE) {
		return fault(`The title is longer than ${MAX_ITEM_TITLE} characters.`);
	}
	return value(title);
}

/** A whole number of units, 0 for an item that is not to be had yet. */
export function checkQuantity(typed: string): Checked<number> {
	const text = typed.trim();
	if (text === '') return fault('The quantity is missing.');
	const quantity = /^\p{Nd}{1,9}$/u.test(text) ? Number(normaliseText(text)) : Infinity;
	if (quantity <= MAX_ITEM_QUANTITY) return value(quantity);
	return fault(
		`“${shorten(text)}” is no quantity: use a whole number from 0 to ${MAX_ITEM_QUANTITY}.`
	);
}

function shorten(text: string): string {
	return text.length <= 20 ? text : `${text.slice(0, 19).toWellFormed()}…`;
}

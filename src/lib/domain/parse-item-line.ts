import { parseItemNumber } from './parse-comment.ts';
import { normaliseText } from './text.ts';

/** Most units of one item. */
export const MAX_ITEM_QUANTITY = 9_999;
/** Longest item title that is kept, in UTF-16 units. */
export const MAX_ITEM_TITLE = 200;

export type ItemDraft = {
	readonly number: string;
	readonly title: string;
	readonly quantity: number;
};

export type ItemLineFault = 'number' | 'title' | 'title_too_long' | 'quantity';

export type ItemLineResult =
	| { readonly ok: true; readonly item: ItemDraft }
	| { readonly ok: false; readonly fault: ItemLineFault };

export const ITEM_LINE_FAULTS: Record<ItemLineFault, string> = {
	number: 'Start with the item number, 1 to 999999.',
	title: 'Add a title after the number.',
	title_too_long: `The title is longer than ${MAX_ITEM_TITLE} characters.`,
	quantity: `The quantity must be 1 to ${MAX_ITEM_QUANTITY}.`
};

/** `12`, `#12`, `12.`, `12)`, `12:`, `12,` or `12 -` in front of the rest. */
const NUMBER_AND_REST = /^#?\s*(\p{Nd}+)(?:\s*[.,;:)\-–—])?(?=[\s\p{L}]|$)\s*(.*)$/su;
/** `x2` or `×2` as the last word; not `2x`, which is a dress size. */
const TRAILING_QUANTITY = /(?:^|\s)[x×*]\s?(\p{Nd}+)$/iu;

function readQuantity(digits: string): number | null {
	const text = normaliseText(digits);
	const quantity = /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
	return quantity >= 1 && quantity <= MAX_ITEM_QUANTITY ? quantity : null;
}

function draft(digits: string, title: string, quantityDigits: string | null): ItemLineResult {
	const number = parseItemNumber(normaliseText(digits));
	if (number === null) return { ok: false, fault: 'number' };
	if (title === '') return { ok: false, fault: 'title' };
	if (title.length > MAX_ITEM_TITLE) return { ok: false, fault: 'title_too_long' };
	const quantity = quantityDigits === null ? 1 : readQuantity(quantityDigits);
	if (quantity === null) return { ok: false, fault: 'quantity' };
	return { ok: true, item: { number, title, quantity } };
}

/** Cells as a spreadsheet copies them: number, title, and perhaps a quantity. */
function parseCells(line: string): ItemLineResult {
	const [first = '', title = '', quantity = ''] = line.split('\t').map((cell) => cell.trim());
	const number = first.replace(/^#\s*/, '');
	return draft(number, title, quantity === '' ? null : quantity.replace(/^[x×]\s*/i, ''));
}

/**
 * Reads one line such as `12 Linen dress x2` (quantity 1 when none is given), or the same as
 * tab-separated cells. Never throws.
 */
export function parseItemLine(line: string): ItemLineResult {
	const text = line.trim();
	if (text.includes('\t')) return parseCells(text);
	const match = NUMBER_AND_REST.exec(text);
	if (!match?.[1]) return { ok: false, fault: 'number' };
	const rest = match[2] ?? '';
	const trailing = TRAILING_QUANTITY.exec(rest);
	const quantity = trailing?.[1] ?? null;
	const title = trailing ? rest.slice(0, trailing.index) : rest;
	return draft(match[1], title.trim(), quantity);
}

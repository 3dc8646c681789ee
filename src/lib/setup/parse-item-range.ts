import { parseItemNumber } from '../domain/parse-comment.ts';
import { ITEM_LINE_FAULTS, parseItemLine } from '../domain/parse-item-line.ts';
import type { ItemDraft, ItemLineFault } from '../domain/parse-item-line.ts';
import { normaliseText } from '../domain/text.ts';

/** Most items that one range makes: what the API adds in one call. */
export const MAX_RANGE_ITEMS = 500;

/** Items with consecutive numbers that are alike in everything else. */
export type ItemRange = {
	/** First and last number, both included. */
	readonly from: number;
	readonly to: number;
	readonly title: string;
	/** Units of each item. */
	readonly quantity: number;
};

export type ItemRangeFault = ItemLineFault | 'order' | 'too_many';

export type ItemRangeResult =
	| { readonly ok: true; readonly range: ItemRange }
	| { readonly ok: false; readonly fault: ItemRangeFault };

export const ITEM_RANGE_FAULTS: Record<ItemRangeFault, string> = {
	...ITEM_LINE_FAULTS,
	number: 'A range goes from one item number to another, each 1 to 999999.',
	title: 'Add a title after the range.',
	order: 'The range must end with a higher number than it starts with.',
	too_many: `A range makes at most ${MAX_RANGE_ITEMS} items. Split it into several.`
};

/**
 * `100-120`, `100..120` or `100 to 120`, and the rest. No spaces around a dash: `12 - 50 cm ribbon` is
 * item 12.
 */
const RANGE_AND_REST =
	/^#?(\p{Nd}+)(?:[-–—]|\s*\.{2,3}\s*|\s*…\s*|\s+to\s+)#?(\p{Nd}+)(?=[\s\p{L}.,;:)\-–—]|$)(.*)$/isu;

/**
 * Reads a range such as `100-120 Mystery bag x2`: each number from 100 to 120 is an item with that title
 * and quantity. Null for a line that does not start with a range. Never throws.
 */
export function parseItemRange(line: string): ItemRangeResult | null {
	const match = RANGE_AND_REST.exec(line.trim());
	if (!match?.[1] || !match[2]) return null;
	const from = parseItemNumber(normaliseText(match[1]));
	const to = parseItemNumber(normaliseText(match[2]));
	if (from === null || to === null) return { ok: false, fault: 'number' };
	// What follows the range is read as it would be after a single number.
	const first = parseItemLine(match[1] + (match[3] ?? ''));
	if (!first.ok) return first;
	const range = { ...first.item, from: Number(from), to: Number(to) };
	if (range.to <= range.from) return { ok: false, fault: 'order' };
	if (range.to - range.from >= MAX_RANGE_ITEMS) return { ok: false, fault: 'too_many' };
	const { title, quantity } = range;
	return { ok: true, range: { from: range.from, to: range.to, title, quantity } };
}

/** The items of a range, by number. */
export function itemsOfRange({ from, to, title, quantity }: ItemRange): ItemDraft[] {
	return Array.from({ length: to - from + 1 }, (_, index) => ({
		number: String(from + index),
		title,
		quantity
	}));
}

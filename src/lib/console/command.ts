import { ITEM_LINE_FAULTS, MAX_ITEM_QUANTITY, parseItemLine } from '../domain/parse-item-line.ts';
import type { ItemDraft } from '../domain/parse-item-line.ts';
import { parseItemNumber } from '../domain/parse-comment.ts';
import { normaliseText } from '../domain/text.ts';

/** What is done to the show as a whole, by its word. */
export const SHOW_COMMANDS = [
	'activate',
	'pause',
	'resume',
	'end',
	'next',
	'undo',
	'channels',
	'help'
] as const;
export type ShowCommand = (typeof SHOW_COMMANDS)[number];

/** A line of the command bar, read. */
export type Command =
	/** `12`, `#12`: to the item. */
	| { readonly kind: 'jump'; readonly item: string }
	/** `+ 31 Blue dress x2` */
	| { readonly kind: 'add'; readonly draft: ItemDraft }
	/** `12 @handle`; the handle is still empty while it is being typed. */
	| { readonly kind: 'award'; readonly item: string; readonly handle: string }
	/** `> 12`, `show 12` */
	| { readonly kind: 'show'; readonly item: string }
	/** `12 x3` */
	| { readonly kind: 'quantity'; readonly item: string; readonly quantity: number }
	/** `open 12`, `close 12` */
	| { readonly kind: 'open' | 'close'; readonly item: string }
	/** `pause`, `end` … or the beginning of one or more of them. */
	| { readonly kind: 'show_commands'; readonly commands: readonly ShowCommand[] }
	/** Something that begins like a command and is none yet. */
	| { readonly kind: 'fault'; readonly message: string };

const WITH_ITEM = /^(show|open|close)\s+#?\s*(\p{Nd}+)$/iu;
const SHOW_ITEM = /^>\s*#?\s*(\p{Nd}+)$/u;
const ITEM = /^#?\s*(\p{Nd}+)$/u;
const AWARD = /^#?\s*(\p{Nd}+)\s*@\s*(.*)$/su;
const QUANTITY = /^#?\s*(\p{Nd}+)\s+[x×*]\s?(\p{Nd}+)$/iu;

function numberOf(digits: string | undefined): string | null {
	return digits === undefined ? null : parseItemNumber(normaliseText(digits));
}

function parseAdd(rest: string, nextNumber: string): Command {
	if (rest === '') {
		return { kind: 'fault', message: `Number, title and quantity: + ${nextNumber} Blue dress x2` };
	}
	// Without a number of its own the item gets the next one.
	const line = /^#?\s*\p{Nd}/u.test(rest) ? rest : `${nextNumber} ${rest}`;
	const parsed = parseItemLine(line);
	return parsed.ok
		? { kind: 'add', draft: parsed.item }
		: { kind: 'fault', message: ITEM_LINE_FAULTS[parsed.fault] };
}

function parseOnItem(text: string): Command | null {
	const award = AWARD.exec(text);
	const awarded = numberOf(award?.[1]);
	if (award && awarded !== null) {
		return { kind: 'award', item: awarded, handle: (award[2] ?? '').trim() };
	}
	const quantity = QUANTITY.exec(text);
	const item = numberOf(quantity?.[1]);
	if (quantity && item !== null) {
		const units = Number(normaliseText(quantity[2] ?? ''));
		if (units <= MAX_ITEM_QUANTITY) return { kind: 'quantity', item, quantity: units };
		return { kind: 'fault', message: `The quantity can be at most ${MAX_ITEM_QUANTITY}.` };
	}
	const jump = numberOf(ITEM.exec(text)?.[1]);
	return jump === null ? null : { kind: 'jump', item: jump };
}

/**
 * Reads what was typed into the command bar; null when it is no command (a search for titles, perhaps).
 * `nextNumber`: the number that a new item without one gets. Never throws.
 */
export function parseCommand(typed: string, nextNumber: string): Command | null {
	const text = typed.trim();
	if (text.startsWith('+')) return parseAdd(text.slice(1).trim(), nextNumber);
	const shown = numberOf(SHOW_ITEM.exec(text)?.[1]);
	if (shown !== null) return { kind: 'show', item: shown };
	if (text === '>') return { kind: 'show_commands', commands: ['next'] };
	const named = WITH_ITEM.exec(text);
	const item = numberOf(named?.[2]);
	if (named && item !== null) {
		const word = named[1]?.toLowerCase();
		return { kind: word === 'show' ? 'show' : word === 'open' ? 'open' : 'close', item };
	}
	const onItem = parseOnItem(text);
	if (onItem) return onItem;
	const word = text.toLowerCase();
	const commands = word === '' ? [] : SHOW_COMMANDS.filter((known) => known.startsWith(word));
	return commands.length > 0 ? { kind: 'show_commands', commands } : null;
}

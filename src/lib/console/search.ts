import type { CommentEntry, FeedEntry } from '../domain/live-show.ts';
import type { ItemClaims } from '../domain/show-state.ts';
import { normaliseText } from '../domain/text.ts';

/** What the operator looks for: an item, or words that must all occur. */
type Query = { readonly item: string } | { readonly words: readonly string[] };

/** Reads what was typed: `#12` means the item, anything else any text; null filters nothing out. */
function parseQuery(typed: string): Query | null {
	const item = /^\s*#\s*0*([1-9][0-9]{0,5})\s*$/.exec(typed)?.[1];
	if (item !== undefined) return { item };
	const words = normaliseText(typed).split(' ').filter(Boolean);
	return words.length > 0 ? { words } : null;
}

/**
 * A filter over entries that arrive by the hundred: each entry's text is made comparable once and kept
 * for as long as the entry lives. `facts` gives an entry's item number and searchable text.
 */
export function createFilter<T extends object>(
	facts: (entry: T) => { readonly item: string | null; readonly text: string }
): (entries: readonly T[], typed: string) => readonly T[] {
	const texts = new WeakMap<T, string>();
	const textOf = (entry: T): string => {
		const known = texts.get(entry);
		if (known !== undefined) return known;
		const text = normaliseText(facts(entry).text);
		texts.set(entry, text);
		return text;
	};
	return (entries, typed) => {
		const query = parseQuery(typed);
		if (!query) return entries;
		if ('item' in query) return entries.filter((entry) => facts(entry).item === query.item);
		return entries.filter((entry) => {
			const text = textOf(entry);
			return query.words.every((word) => text.includes(word));
		});
	};
}

export const createItemFilter = () =>
	createFilter<ItemClaims>(({ number, title }) => ({ item: number, text: `${number} ${title}` }));

export const createFeedFilter = () =>
	createFilter<FeedEntry>(({ item, buyer }) => ({ item, text: `${item} ${buyer.handle}` }));

export const createCommentFilter = () =>
	createFilter<CommentEntry>(({ item, handle, text }) => ({ item, text: `${handle} ${text}` }));

/** The longest word that was typed, to search older lines by; null for an item and for nothing. */
export function longestWord(typed: string): string | null {
	const query = parseQuery(typed);
	if (!query || 'item' in query) return null;
	return query.words.reduce((longest, word) => (word.length > longest.length ? word : longest), '');
}

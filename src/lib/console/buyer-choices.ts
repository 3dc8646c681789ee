import { MANUAL_PLATFORM, commentAuthor, manualBuyer } from '../domain/buyer.ts';
import type { Buyer } from '../domain/buyer.ts';
import type { CommentEntry } from '../domain/live-show.ts';
import type { ItemClaims } from '../domain/show-state.ts';
import { normaliseText } from '../domain/text.ts';

/** Somebody who can be given a unit, and why they are offered. */
export type BuyerChoice = {
	readonly buyer: Buyer;
	readonly source: 'waiting' | 'commented' | 'typed';
	/** Place in the queue (1 = next), for those who wait. */
	readonly position: number | null;
};

const OFFERED = 8;

function matches(buyer: Buyer, words: readonly string[]): boolean {
	const text = normaliseText(`${buyer.handle} ${buyer.displayName ?? ''}`);
	return words.every((word) => text.includes(word));
}

/** Distinct authors, latest first. Looks no further than it must. */
function* authors(comments: readonly CommentEntry[]): Generator<Buyer> {
	const seen = new Set<string>();
	for (const comment of comments) {
		const author = commentAuthor(comment);
		if (!author || seen.has(author.key)) continue;
		seen.add(author.key);
		yield author;
	}
}

export type BuyerSources = {
	readonly item: ItemClaims | undefined;
	/** Newest first. */
	readonly comments: readonly CommentEntry[];
	/** Found by the server among all comments of the show. */
	readonly found: readonly Buyer[];
};

/**
 * Whom to offer for what was typed: those who wait for the item in their order, then those who
 * commented, latest first, then the typed name itself. Whoever holds a unit already is left out.
 */
export function buyerChoices(typed: string, sources: BuyerSources): BuyerChoice[] {
	const name = typed.trim().replace(/^@\s*/, '');
	const words = normaliseText(name).split(' ').filter(Boolean);
	const taken = new Set(sources.item?.winners.map(({ buyer }) => buyer.key));
	const choices: BuyerChoice[] = [];
	const offer = (buyer: Buyer, source: BuyerChoice['source'], position: number | null = null) => {
		if (taken.has(buyer.key)) return;
		taken.add(buyer.key);
		choices.push({ buyer, source, position });
	};
	for (const [index, { buyer }] of (sources.item?.waitlist ?? []).entries()) {
		if (choices.length >= OFFERED) break;
		if (matches(buyer, words)) offer(buyer, 'waiting', index + 1);
	}
	for (const buyer of authors(sources.comments)) {
		if (choices.length >= OFFERED) break;
		if (matches(buyer, words)) offer(buyer, 'commented');
	}
	for (const buyer of sources.found) {
		if (choices.length >= OFFERED * 2) break;
		offer(buyer, 'commented');
	}
	if (words.length > 0) offer(manualBuyer(name), 'typed');
	// Whoever is typed in full is meant.
	const exact = choices.findIndex(
		({ buyer, source }) => source !== 'typed' && buyer.handle.toLowerCase() === name.toLowerCase()
	);
	return exact > 0 ? [...choices.splice(exact, 1), ...choices] : choices;
}

/** What the API takes: a name typed by hand makes its own buyer. */
export function toBuyerInput(buyer: Buyer): {
	handle: string;
	platform?: string;
	userId?: string;
} {
	const { platform, userId, handle } = buyer;
	return platform === MANUAL_PLATFORM ? { handle } : { platform, userId, handle };
}

import type { Claim, ItemClaims } from './show-state.ts';
import { removalWords } from './removal.ts';
import { createShowState } from './show-state.ts';
import type { ShowState } from './show-state.ts';
import { applyEvent } from './reducer.ts';
import type { ShowEvent } from './events.ts';

/**
 * A piece of a sentence. Names and quotes are foreign text; times are epoch ms, for the reader's own zone;
 * an actor is named as the log names it.
 */
export type WhyPiece =
	| { readonly kind: 'text' | 'name' | 'quote'; readonly text: string }
	| { readonly kind: 'time'; readonly at: number }
	| { readonly kind: 'actor'; readonly actor: string };

/** One or two sentences on what happened at one moment. */
export type WhyStep = {
	/** Seq of the event that it tells. */
	readonly seq: number;
	/** When it was logged, epoch ms. */
	readonly at: number;
	readonly pieces: readonly WhyPiece[];
};

/** What decided a claim, or what became of a comment, in order. */
export type Why = {
	readonly item: string | null;
	readonly steps: readonly WhyStep[];
	/** How the claim stands at the end of the facts; null for a comment that made none. */
	readonly standing: {
		readonly state: 'winner' | 'waitlist' | 'released';
		/** Place in the queue, 1 = next. */
		readonly position: number | null;
	} | null;
};

export type CommentEvent = ShowEvent & { readonly type: 'comment.received' };
export type ClaimEvent = ShowEvent & {
	readonly type: 'claim.created' | 'claim.promoted' | 'claim.released';
};

/** What there is to explain something with. */
export type WhyFacts = {
	/** What happened to the item and to the show's status, in the order of the log. Comments may be left out. */
	readonly events: readonly ShowEvent[];
	/** The comment with this key (`platform:commentId`), where it is known. */
	readonly comment: (key: string) => CommentEvent | null;
};

/** Facts of a log, or of a part of it. */
export function factsOf(events: readonly ShowEvent[]): WhyFacts {
	const comments = new Map<string, CommentEvent>();
	for (const event of events) {
		if (event.type === 'comment.received') comments.set(keyOfComment(event), event);
	}
	return { events, comment: (key) => comments.get(key) ?? null };
}

export const text = (words: string): WhyPiece => ({ kind: 'text', text: words });
export const name = (handle: string): WhyPiece =>
	handle === '' ? text('Somebody unknown') : { kind: 'name', text: handle };
export const time = (at: number): WhyPiece => ({ kind: 'time', at });
export const actor = (id: string): WhyPiece => ({ kind: 'actor', actor: id });

const MAX_QUOTE = 80;

export function quote(words: string): WhyPiece {
	return {
		kind: 'quote',
		text: words.length > MAX_QUOTE ? `${words.slice(0, MAX_QUOTE).trimEnd()}…` : words
	};
}

/** `Ana wrote “sold 12”`, or, when the words are gone, `Erased buyer wrote a comment (erased on request)`. */
export function wrotePieces(who: string, { data }: CommentEvent): WhyPiece[] {
	return data.removed
		? [name(who), text(` wrote a comment (${removalWords(data.removed)})`)]
		: [name(who), text(' wrote '), quote(data.text)];
}

/** `platform:commentId`, as causes name comments. */
export function keyOfComment({ data }: CommentEvent): string {
	return `${data.platform}:${data.commentId}`;
}

export function isClaimEvent(event: ShowEvent): event is ClaimEvent {
	return (
		event.type === 'claim.created' ||
		event.type === 'claim.promoted' ||
		event.type === 'claim.released'
	);
}

/** The state that events of one item leave: the same fold as everywhere, over a log with gaps. */
export function stateBefore(facts: WhyFacts, seq: number): ShowState {
	const state = createShowState('', '', { name: '', claimWord: '', passWord: '' });
	for (const event of facts.events) {
		if (event.seq >= seq) break;
		state.epoch = event.epoch;
		state.seq = event.seq - 1;
		applyEvent(state, event);
	}
	return state;
}

/** The item as it was just before the event with this seq; null when the show had none of that number. */
export function itemBefore(facts: WhyFacts, number: string, seq: number): ItemClaims | null {
	return stateBefore(facts, seq).items.get(number) ?? null;
}

/** `Ana`, `Ana and Ben`, `Ana, Ben and 4 others`. */
export function names(claims: readonly Pick<Claim, 'buyer'>[], most: number): WhyPiece[] {
	const shown = claims.slice(0, most);
	const rest = claims.length - shown.length;
	return shown.flatMap(({ buyer }, index) => {
		const last = index === shown.length - 1;
		const before = index === 0 ? [] : [text(last && rest === 0 ? ' and ' : ', ')];
		const after = last && rest > 0 ? [text(` and ${rest} other${rest === 1 ? '' : 's'}`)] : [];
		return [...before, name(buyer.handle), ...after];
	});
}

/** `1 unit`, `3 units`. */
export function units(count: number): string {
	return count === 1 ? '1 unit' : `${count} units`;
}

/** The sentences as plain text, e.g. to copy. `show` writes times and names of actors. */
export function whyText(
	steps: readonly WhyStep[],
	show: { readonly time: (at: number) => string; readonly actor: (id: string) => string }
): string {
	return steps
		.map(({ pieces }) =>
			pieces
				.map((piece) => {
					if (piece.kind === 'time') return show.time(piece.at);
					if (piece.kind === 'actor') return show.actor(piece.actor);
					return piece.kind === 'quote' ? `“${piece.text}”` : piece.text;
				})
				.join('')
		)
		.join('\n');
}

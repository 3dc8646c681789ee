import type { Claim, ItemClaims } from './show-state.ts';
import {
	actor,
	isClaimEvent,
	itemBefore,
	name,
	names,
	text,
	time,
	units,
	wrotePieces
} from './why.ts';
import type { ClaimEvent, CommentEvent, WhyFacts, WhyPiece } from './why.ts';

type Created = ClaimEvent & { readonly type: 'claim.created' };

/** Holders of units who are named, at most. */
const NAMED = 3;

/** `Facebook’s`. */
export function clockOf(platform: string): string {
	return `${platform.slice(0, 1).toUpperCase()}${platform.slice(1)}’s`;
}

/** Who wrote what, when by the platform's clock and when it reached us. */
export function writtenPieces(comment: CommentEvent): WhyPiece[] {
	const { handle, postedAt, platform } = comment.data;
	const written =
		postedAt === null ? [] : [text(' at '), time(postedAt), text(` by ${clockOf(platform)} clock`)];
	return [
		...[...wrotePieces(handle, comment), ...written],
		...[
			text('. It reached us at '),
			time(comment.at),
			text(`, as number ${comment.seq} in the log. `)
		]
	];
}

/** The comment that made the claim; null for a claim by hand, and where the comment is not known. */
function commentOf(claim: Claim, facts: WhyFacts): CommentEvent | null {
	const created = facts.events.find(
		(event) => event.type === 'claim.created' && event.data.claimId === claim.claimId
	);
	if (created?.type !== 'claim.created' || created.data.cause.kind !== 'comment') return null;
	return facts.comment(created.data.cause.commentKey);
}

/** `0.4 seconds`, `12 seconds`. */
function span(ms: number): string {
	const seconds = ms < 10_000 ? Math.max(0.1, Math.round(ms / 100) / 10) : Math.round(ms / 1_000);
	return seconds === 1 ? '1 second' : `${seconds} seconds`;
}

/**
 * What a platform's clock says against the order of arrival, for the first holder of whom it does: a buyer
 * who sees both times will ask.
 */
function clockDisagrees(
	comment: CommentEvent | null,
	holders: readonly Claim[],
	facts: WhyFacts
): WhyPiece[] {
	// Asked for in any case: that is how `commentsThatMatter` learns of them.
	const others = holders.map((holder) => ({ holder, other: commentOf(holder, facts) }));
	if (!comment || comment.data.postedAt === null) return [];
	const { postedAt, platform } = comment.data;
	for (const { holder, other } of others) {
		if (!other || other.data.platform !== platform || other.data.postedAt === null) continue;
		if (other.data.postedAt <= postedAt) continue;
		return [
			text(` By ${clockOf(platform)} clock it was written before the comment of `),
			name(holder.buyer.handle),
			text(
				`, but it reached us ${span(comment.at - other.at)} after that one; the order of arrival decides.`
			)
		];
	}
	return [];
}

function wonPieces(item: ItemClaims): WhyPiece[] {
	const free = item.quantity - item.winners.length;
	if (item.quantity === 1) {
		return [
			text(`Item ${item.number} was still free, so it won: the first valid comment gets it.`)
		];
	}
	const verb = free === 1 ? 'was' : 'were';
	return [
		text(`${free} of ${units(item.quantity)} of item ${item.number} ${verb} free, so it won.`)
	];
}

function queuedPieces(
	created: Created,
	item: ItemClaims,
	{ comment, facts }: { readonly comment: CommentEvent | null; readonly facts: WhyFacts }
): WhyPiece[] {
	const { position } = created.data;
	const place = text(
		` So it joined the queue${position === null ? '' : ` at place ${position}`}: whoever claims first is first in line.`
	);
	if (item.quantity === 0) {
		return [text(`Item ${item.number} had no unit to give (quantity 0).`), place];
	}
	const won = item.winners[0]?.wonSeq ?? null;
	const first = won === null ? undefined : facts.events.find((event) => event.seq === won);
	const since = item.winners.length === 1 && first ? [text(' at '), time(first.at)] : [];
	return [
		text(
			item.quantity === 1
				? `Item ${item.number} was already taken by `
				: `All ${units(item.quantity)} of item ${item.number} were already taken, by `
		),
		...names(item.winners, NAMED),
		...since,
		text('.'),
		...clockDisagrees(comment, item.winners.slice(0, NAMED), facts),
		place
	];
}

function byComment(created: Created, key: string, facts: WhyFacts): WhyPiece[] {
	const { buyer, item: number, state } = created.data;
	const comment = facts.comment(key);
	const item = itemBefore(facts, number, created.seq);
	const written = comment
		? writtenPieces(comment)
		: [name(buyer.handle), text('’s comment reached us at '), time(created.at), text('. ')];
	if (!item) return written;
	return [
		...written,
		...(state === 'winner' ? wonPieces(item) : queuedPieces(created, item, { comment, facts }))
	];
}

/** Who lost what the operator's action gave away; null for an action that took nothing. */
export function loserOf(event: ClaimEvent, { events }: WhyFacts): ClaimEvent | null {
	const { cause } = event.data;
	if (cause.kind !== 'operator') return null;
	return (
		events
			.filter(isClaimEvent)
			.find(
				({ type, data }) =>
					type === 'claim.released' &&
					data.cause.kind === 'operator' &&
					data.cause.seq === cause.seq
			) ?? null
	);
}

/** `Kim moved the unit of Ana to Ben at …, past the queue.` */
export function reassignedPieces(event: ClaimEvent, by: string, facts: WhyFacts): WhyPiece[] {
	const loser = loserOf(event, facts);
	const from = loser
		? [text(' moved the unit of '), name(loser.data.buyer.handle)]
		: [text(' gave a unit')];
	return [
		...[actor(by), ...from, text(' to '), name(event.data.buyer.handle)],
		...[text(' at '), time(event.at), text(', past the queue.')]
	];
}

/** `Kim gave Ana a free unit at ….` */
export function awardedPieces(event: ClaimEvent, by: string): WhyPiece[] {
	return [
		...[actor(by), text(' gave '), name(event.data.buyer.handle), text(' a free unit of item ')],
		...[text(`${event.data.item} at `), time(event.at), text('.')]
	];
}

/** How the claim came to be. */
export function createdPieces(created: Created, facts: WhyFacts): WhyPiece[] {
	const { cause, buyer, state, position } = created.data;
	if (cause.kind === 'comment') return byComment(created, cause.commentKey, facts);
	switch (cause.action) {
		case 'reassign':
			return reassignedPieces(created, cause.actor, facts);
		case 'undo': {
			const back =
				state === 'winner'
					? ' has the unit again.'
					: ` is back in the queue${position === null ? '' : `, at place ${position}`}.`;
			return [
				...[actor(cause.actor), text(' took an earlier action back at '), time(created.at)],
				...[text(': '), name(buyer.handle), text(back)]
			];
		}
		case 'award':
		case 'release':
		case 'quantity':
			return awardedPieces(created, cause.actor);
	}
}

import { explainClaim } from './why-claim.ts';
import { clockOf, writtenPieces } from './why-created.ts';
import { actor, itemBefore, text, time } from './why.ts';
import type { CommentEvent, Why, WhyFacts, WhyPiece } from './why.ts';
import type { ShowEvent } from './events.ts';

type StatusEvent = ShowEvent & { readonly type: 'session.status' };
type ItemEvent = ShowEvent & { readonly type: 'item.updated' };

function pausedPieces(comment: CommentEvent, { events }: WhyFacts): WhyPiece[] {
	const pause = events.findLast(
		(event): event is StatusEvent =>
			event.type === 'session.status' && event.seq < comment.seq && event.data.action === 'paused'
	);
	if (!pause) return [text('The show was paused then, so it did not count.')];
	return [
		text('The show was paused, since '),
		...[time(pause.at), text(' by '), actor(pause.data.actor)],
		text('; what arrives during a pause does not count.')
	];
}

function notCountedPieces(comment: CommentEvent, facts: WhyFacts): WhyPiece[] {
	const { fromPage, userId, platform } = comment.data;
	if (fromPage) {
		const own = platform === 'facebook' ? 'page' : 'account';
		return [text(`The show’s own ${own} wrote it, so it did not count.`)];
	}
	if (userId === null) {
		return [
			text(
				`${clockOf(platform).slice(0, -2)} did not say who wrote it, so nobody could be given the unit.`
			)
		];
	}
	return pausedPieces(comment, facts);
}

function changesOf(number: string, { events }: WhyFacts): ItemEvent[] {
	return events.filter(
		(event): event is ItemEvent =>
			event.type === 'item.updated' && event.data.item.number === number
	);
}

function notFoundPieces(comment: CommentEvent, number: string, facts: WhyFacts): WhyPiece[] {
	const changes = changesOf(number, facts);
	const removed = changes.findLast(
		({ seq, data }) => seq < comment.seq && data.action === 'removed'
	);
	const added = changes.find(({ seq, data }) => seq > comment.seq && data.action === 'added');
	const before = removed
		? [text('; it had been removed at '), time(removed.at), text(' by '), actor(removed.data.actor)]
		: [];
	const after = added ? [text('; it was added only at '), time(added.at)] : [];
	return [text(`There was no item ${number} in the show then`), ...before, ...after, text('.')];
}

function closedPieces(comment: CommentEvent, number: string, facts: WhyFacts): WhyPiece[] {
	const closed = changesOf(number, facts).findLast(
		({ seq, data }) => seq < comment.seq && data.action === 'closed'
	);
	const since = closed
		? [text(', since '), time(closed.at), text(' by '), actor(closed.data.actor)]
		: [];
	return [text(`Item ${number} was closed`), ...since, text('; a closed item takes no claims.')];
}

function heldPieces(comment: CommentEvent, number: string, facts: WhyFacts): WhyPiece[] {
	const item = itemBefore(facts, number, comment.seq);
	const key = `${comment.data.platform}:${comment.data.userId}`;
	const won = item?.winners.find((claim) => claim.buyer.key === key);
	const place = item?.waitlist.findIndex((claim) => claim.buyer.key === key) ?? -1;
	const held = won ?? item?.waitlist[place];
	const what = won
		? `already held a unit of item ${number}`
		: `already waited for item ${number}${place < 0 ? '' : `, at place ${place + 1}`}`;
	const since = held ? [text(', claimed at '), time(held.claimedAt)] : [];
	return [
		text(`This buyer ${what}`),
		...since,
		text('; one claim for each buyer and item counts.')
	];
}

function reasonPieces(comment: CommentEvent, facts: WhyFacts): WhyPiece[] {
	const { outcome, item } = comment.data;
	const number = item ?? '';
	switch (outcome) {
		case 'none':
			return [text('It has neither the claim word nor the pass word with an item’s number.')];
		case 'not_counted':
			return notCountedPieces(comment, facts);
		case 'buyer_blocked':
			return [text('This buyer was on the block list then, so it did not count.')];
		case 'item_not_found':
			return notFoundPieces(comment, number, facts);
		case 'item_closed':
			return closedPieces(comment, number, facts);
		case 'duplicate_buyer':
			return heldPieces(comment, number, facts);
		case 'no_active_claim':
			return [
				text(`This buyer held no claim on item ${number} then, so there was nothing to pass.`)
			];
		case 'winner':
		case 'waitlist':
		case 'pass':
			return [];
	}
}

/** What became of a comment, and why. One that made or gave up a claim is explained by that claim. */
export function explainComment(comment: CommentEvent, facts: WhyFacts): Why {
	const { claimId, item } = comment.data;
	const ofClaim = claimId === null ? null : explainClaim(claimId, facts);
	if (ofClaim) return ofClaim;
	const pieces = [...writtenPieces(comment), ...reasonPieces(comment, facts)];
	return { item, steps: [{ seq: comment.seq, at: comment.at, pieces }], standing: null };
}

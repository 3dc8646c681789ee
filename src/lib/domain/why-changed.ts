import type { ShowEvent } from './events.ts';
import { awardedPieces, loserOf, reassignedPieces } from './why-created.ts';
import { actor, isClaimEvent, itemBefore, name, text, time, wrotePieces } from './why.ts';
import type { ClaimEvent, WhyFacts, WhyPiece } from './why.ts';

type Promoted = ClaimEvent & { readonly type: 'claim.promoted' };
type Released = ClaimEvent & { readonly type: 'claim.released' };

/** `Ana wrote “pass 12” at …` */
function passedPieces(key: string, event: ClaimEvent, who: string, facts: WhyFacts): WhyPiece[] {
	const comment = facts.comment(key);
	return comment
		? [...wrotePieces(who, comment), text(' at '), time(comment.at)]
		: [name(who), text(' passed at '), time(event.at)];
}

/** Whose turn it was: `Ben was next in the queue of 3, so the unit went to them.` */
function nextPieces(event: Promoted, facts: WhyFacts): WhyPiece[] {
	const { item: number, buyer, claimId } = event.data;
	const queue = itemBefore(facts, number, event.seq)?.waitlist ?? [];
	const place = queue.findIndex((claim) => claim.claimId === claimId) + 1;
	const where =
		place !== 1
			? ` was at place ${place} of the queue`
			: queue.length === 1
				? ' was the only one in the queue'
				: ` was next in the queue of ${queue.length}`;
	return [name(buyer.handle), text(`${where}, so the unit went to them.`)];
}

function releasedByComment(key: string, { events }: WhyFacts): ClaimEvent | null {
	return (
		events
			.filter(isClaimEvent)
			.find(
				({ type, data }) =>
					type === 'claim.released' &&
					data.cause.kind === 'comment' &&
					data.cause.commentKey === key
			) ?? null
	);
}

function quantityPieces(event: Promoted, by: string, facts: WhyFacts): WhyPiece[] {
	const { cause } = event.data;
	const change = facts.events.find(
		(other): other is ShowEvent & { type: 'item.updated' } =>
			other.type === 'item.updated' && cause.kind === 'operator' && other.seq === cause.seq
	);
	const { previous, item } = change?.data ?? {};
	const span = previous && item ? ` from ${previous.quantity} to ${item.quantity}` : '';
	return [
		...[actor(by), text(` raised the quantity${span} at `), time(event.at), text('. ')],
		...nextPieces(event, facts)
	];
}

/** Why a waiting claim got a unit: whose, and why it was this one's turn. */
export function promotedPieces(event: Promoted, facts: WhyFacts): WhyPiece[] {
	const { cause } = event.data;
	if (cause.kind === 'comment') {
		const freed = releasedByComment(cause.commentKey, facts);
		const who = freed?.data.buyer.handle ?? '';
		return [
			...passedPieces(cause.commentKey, event, who, facts),
			text(' and gave the unit up. '),
			...nextPieces(event, facts)
		];
	}
	switch (cause.action) {
		case 'release':
		case 'undo': {
			const loser = loserOf(event, facts);
			return [
				...[actor(cause.actor), text(' released the unit of ')],
				...[name(loser?.data.buyer.handle ?? ''), text(' at '), time(event.at), text('. ')],
				...nextPieces(event, facts)
			];
		}
		case 'quantity':
			return quantityPieces(event, cause.actor, facts);
		case 'reassign':
			return reassignedPieces(event, cause.actor, facts);
		case 'award':
			return awardedPieces(event, cause.actor);
	}
}

/** Who was given the unit by the same action; null for nobody. */
function winnerOf(event: Released, { events }: WhyFacts): ClaimEvent | null {
	const { cause } = event.data;
	if (cause.kind !== 'operator') return null;
	return (
		events
			.filter(isClaimEvent)
			.find(
				({ type, data }) =>
					type !== 'claim.released' &&
					data.cause.kind === 'operator' &&
					data.cause.seq === cause.seq
			) ?? null
	);
}

/** Why the claim ended. */
export function releasedPieces(event: Released, facts: WhyFacts): WhyPiece[] {
	const { cause, buyer, from } = event.data;
	if (cause.kind === 'comment') {
		const gaveUp = from === 'winner' ? ' and gave the unit up.' : ' and left the queue.';
		return [...passedPieces(cause.commentKey, event, buyer.handle, facts), text(gaveUp)];
	}
	const by = actor(cause.actor);
	switch (cause.action) {
		case 'reassign': {
			const winner = winnerOf(event, facts);
			return [
				...[by, text(' moved the unit of '), name(buyer.handle), text(' to ')],
				...[name(winner?.data.buyer.handle ?? ''), text(' at '), time(event.at), text('.')]
			];
		}
		case 'undo': {
			const what = from === 'winner' ? 'the unit of ' : 'the place in the queue of ';
			return [
				...[by, text(' took an earlier action back at '), time(event.at)],
				...[text(`, and with it ${what}`), name(buyer.handle), text('.')]
			];
		}
		case 'release':
		case 'award':
		case 'quantity':
			return from === 'winner'
				? [
						by,
						text(' released the unit of '),
						name(buyer.handle),
						text(' at '),
						time(event.at),
						text('.')
					]
				: [
						by,
						text(' took '),
						name(buyer.handle),
						text(' out of the queue at '),
						time(event.at),
						text('.')
					];
	}
}

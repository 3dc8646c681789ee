import { createdPieces } from './why-created.ts';
import { promotedPieces, releasedPieces } from './why-changed.ts';
import { isClaimEvent, stateBefore } from './why.ts';
import type { ClaimEvent, Why, WhyFacts, WhyStep } from './why.ts';

type Created = ClaimEvent & { readonly type: 'claim.created' };

function eventsOfClaim(claimId: string, { events }: WhyFacts): ClaimEvent[] {
	return events.filter(isClaimEvent).filter((event) => event.data.claimId === claimId);
}

/** Whether the event belongs to the action of an operator that made the claim. */
function isOfSameAction(event: ClaimEvent, created: Created): boolean {
	const { cause } = event.data;
	const made = created.data.cause;
	return cause.kind === 'operator' && made.kind === 'operator' && cause.seq === made.seq;
}

/**
 * The claim that this one continues: an undo gives a buyer the unit or the place back under a new id, with
 * the rank of the old one. Null for a claim that began by itself.
 */
function formerClaim(created: Created, { events }: WhyFacts): Created | null {
	const { cause, buyer, rank, itemId } = created.data;
	if (cause.kind !== 'operator' || cause.action !== 'undo') return null;
	const former = events.findLast(
		(event): event is Created =>
			event.type === 'claim.created' &&
			event.seq < created.seq &&
			event.data.itemId === itemId &&
			event.data.buyer.key === buyer.key &&
			event.data.rank === rank
	);
	return former ?? null;
}

function stepsOfClaim(claimId: string, facts: WhyFacts): WhyStep[] {
	const own = eventsOfClaim(claimId, facts);
	return own.flatMap((event): WhyStep[] => {
		const { seq, at } = event;
		switch (event.type) {
			case 'claim.created': {
				const former = formerClaim(event, facts);
				// What the undo took away and gave back in one go is told once.
				const before =
					former === null
						? []
						: stepsOfClaim(former.data.claimId, facts).filter((step) => {
								const told = facts.events.find((other) => other.seq === step.seq);
								return !told || !isClaimEvent(told) || !isOfSameAction(told, event);
							});
				return [...before, { seq, at, pieces: createdPieces(event, facts) }];
			}
			case 'claim.promoted':
				return [{ seq, at, pieces: promotedPieces(event, facts) }];
			case 'claim.released':
				return [{ seq, at, pieces: releasedPieces(event, facts) }];
		}
	});
}

function standingOf(claimId: string, item: string, facts: WhyFacts): Why['standing'] {
	const now = stateBefore(facts, Infinity).items.get(item);
	if (now?.winners.some((claim) => claim.claimId === claimId)) {
		return { state: 'winner', position: null };
	}
	const index = now?.waitlist.findIndex((claim) => claim.claimId === claimId) ?? -1;
	return index < 0
		? { state: 'released', position: null }
		: { state: 'waitlist', position: index + 1 };
}

/**
 * What decided the claim, from the comment or action that made it to the last thing that happened to it, in
 * sentences that can be read to a buyer. Null when the facts hold no such claim.
 */
export function explainClaim(claimId: string, facts: WhyFacts): Why | null {
	const [first] = eventsOfClaim(claimId, facts);
	if (!first) return null;
	const { item } = first.data;
	return {
		item,
		steps: stepsOfClaim(claimId, facts),
		standing: standingOf(claimId, item, facts)
	};
}

/** Keys of the comments that explaining the claim tells of (`platform:commentId`). */
export function commentsThatMatter(claimId: string, events: WhyFacts['events']): string[] {
	const keys = new Set<string>();
	explainClaim(claimId, {
		events,
		comment: (key) => {
			keys.add(key);
			return null;
		}
	});
	return [...keys];
}

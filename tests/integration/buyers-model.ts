import type { ShowEvent } from '../../src/lib/domain/events.ts';

// What lists of buyers must say, worked out from the raw events in the plainest way. It knows nothing of
// the product's queries and reducer; slow is fine here.

type Claim = {
	readonly buyerKey: string;
	readonly handle: string;
	readonly item: string;
	readonly at: number;
	readonly seq: number;
	state: 'winner' | 'waitlist' | 'released';
	wonSeq: number;
};

export type ExpectedBuyer = {
	readonly buyerKeys: readonly string[];
	readonly handle: string;
	readonly won: number;
	readonly waiting: number;
	readonly released: number;
	readonly shows: number;
	readonly items: readonly string[];
	readonly firstClaimAt: number;
	readonly lastClaimAt: number;
};

function claimsOf(log: readonly ShowEvent[]): Claim[] {
	const claims = new Map<string, Claim>();
	for (const event of log) {
		if (event.type === 'claim.created') {
			const { claimId, buyer, item, state } = event.data;
			const { at, seq } = event;
			const facts = { buyerKey: buyer.key, handle: buyer.handle, item, at, seq, state };
			claims.set(claimId, { ...facts, wonSeq: seq });
		}
		if (event.type !== 'claim.promoted' && event.type !== 'claim.released') continue;
		const claim = claims.get(event.data.claimId);
		if (!claim) throw new Error(`${event.id} is about a claim that was never made`);
		claim.state = event.type === 'claim.promoted' ? 'winner' : 'released';
		if (event.type === 'claim.promoted') claim.wonSeq = event.seq;
	}
	return [...claims.values()];
}

/**
 * Everybody who claimed in these shows. `nameOf`: the person behind a buyer; those of one name are one.
 * Most units first, then whoever claimed first in the (only) show.
 */
export function expectedBuyers(
	logs: readonly (readonly ShowEvent[])[],
	nameOf: (buyerKey: string) => string = (key) => key
): ExpectedBuyer[] {
	const people = new Map<string, (Claim & { show: number })[]>();
	for (const [show, log] of logs.entries()) {
		for (const claim of claimsOf(log)) {
			const name = nameOf(claim.buyerKey);
			people.set(name, [...(people.get(name) ?? []), { ...claim, show }]);
		}
	}
	const count = (claims: readonly Claim[], state: Claim['state']): number =>
		claims.filter((claim) => claim.state === state).length;
	return [...people.values()]
		.map((claims) => ({
			firstSeq: Math.min(...claims.map((claim) => claim.seq)),
			buyerKeys: [...new Set(claims.map((claim) => claim.buyerKey))].toSorted(),
			handle: claims.toSorted((a, b) => b.at - a.at || b.seq - a.seq)[0]?.handle ?? '',
			won: count(claims, 'winner'),
			waiting: count(claims, 'waitlist'),
			released: count(claims, 'released'),
			shows: new Set(claims.map((claim) => claim.show)).size,
			items: claims
				.filter((claim) => claim.state === 'winner')
				.toSorted((a, b) => a.wonSeq - b.wonSeq)
				.map((claim) => claim.item),
			firstClaimAt: Math.min(...claims.map((claim) => claim.at)),
			lastClaimAt: Math.max(...claims.map((claim) => claim.at))
		}))
		.toSorted((a, b) => b.won - a.won || a.firstSeq - b.firstSeq)
		.map(({ firstSeq: _, ...buyer }) => buyer);
}

import { COUNTERS, itemsByNumber } from './show-state.ts';
import type { Claim, ShowState } from './show-state.ts';

function claimFacts(claim: Claim): unknown[] {
	return [claim.claimId, claim.buyer.key, claim.buyer.handle, claim.rank, claim.wonSeq];
}

/**
 * One text for one state: equal texts mean that two states hold the same facts, whatever they were
 * built from (fold of the events, Redis, Postgres). The epoch is left out: rebuilding changes no fact.
 */
export function canonicalState(state: ShowState): string {
	return JSON.stringify([
		state.showId,
		state.seq,
		state.status,
		[state.settings.name, state.settings.claimWord, state.settings.passWord],
		itemsByNumber(state).map((item) => [
			item.number,
			item.id,
			item.title,
			item.quantity,
			item.state,
			item.changedSeq,
			item.winners.map(claimFacts),
			item.waitlist.map(claimFacts)
		]),
		state.showing,
		[...state.channels.values()]
			.sort((a, b) => (a.channelId < b.channelId ? -1 : 1))
			.map((channel) => [
				channel.channelId,
				channel.platform,
				channel.liveId,
				channel.status,
				channel.reason
			]),
		COUNTERS.map((counter) => [counter, state.counters[counter]])
	]);
}

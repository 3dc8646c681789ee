import { reallocatedItem } from './events.ts';
import type { ClaimCreated, ClaimReleased, ItemUpdated, LogPosition, ShowEvent } from './events.ts';
import type { Claim, ItemClaims, ShowState } from './show-state.ts';

/** An event that does not follow the state's position: the reader must heal from the stream or resync. */
export class SequenceGapError extends Error {
	override readonly name = 'SequenceGapError';
	readonly expected: LogPosition;
	readonly received: LogPosition;

	constructor(expected: LogPosition, received: LogPosition) {
		super(
			`event ${received.epoch}:${received.seq} does not follow; expected ${expected.epoch}:${expected.seq}`
		);
		this.expected = expected;
		this.received = received;
	}
}

/** An event that contradicts the state. The log or the state is damaged; folding on would hide it. */
export class FoldError extends Error {
	override readonly name = 'FoldError';
}

function itemOf(state: ShowState, event: ShowEvent, number: string): ItemClaims {
	const item = state.items.get(number);
	if (!item) throw new FoldError(`${event.id} ${event.type}: item ${number} is not in the show`);
	return item;
}

/** The queue with `claim` at the place its rank gives; almost always the end. */
function enqueue(waitlist: readonly Claim[], claim: Claim): Claim[] {
	let index = waitlist.length;
	while (index > 0 && (waitlist[index - 1]?.rank ?? 0) > claim.rank) index--;
	return waitlist.toSpliced(index, 0, claim);
}

function create(state: ShowState, event: ShowEvent, data: ClaimCreated): void {
	const item = itemOf(state, event, data.item);
	const claim: Claim = {
		claimId: data.claimId,
		item: data.item,
		buyer: data.buyer,
		state: data.state,
		rank: data.rank,
		wonSeq: data.state === 'winner' ? event.seq : null,
		claimedAt: event.at
	};
	state.items.set(
		item.number,
		claim.state === 'winner'
			? { ...item, winners: [...item.winners, claim] }
			: { ...item, waitlist: enqueue(item.waitlist, claim) }
	);
}

function release(state: ShowState, event: ShowEvent, data: ClaimReleased): void {
	const item = itemOf(state, event, data.item);
	const list = data.from === 'winner' ? item.winners : item.waitlist;
	const index = list.findIndex((claim) => claim.claimId === data.claimId);
	if (index < 0) throw new FoldError(`${event.id}: claim ${data.claimId} is no ${data.from}`);
	const rest = list.toSpliced(index, 1);
	state.items.set(
		item.number,
		data.from === 'winner' ? { ...item, winners: rest } : { ...item, waitlist: rest }
	);
	state.counters.released++;
}

function promote(state: ShowState, event: ShowEvent, number: string, claimId: string): void {
	const item = itemOf(state, event, number);
	const index = item.waitlist.findIndex((claim) => claim.claimId === claimId);
	const waiting = item.waitlist[index];
	if (!waiting) throw new FoldError(`${event.id}: claim ${claimId} does not wait`);
	state.items.set(number, {
		...item,
		winners: [...item.winners, { ...waiting, state: 'winner', wonSeq: event.seq }],
		waitlist: item.waitlist.toSpliced(index, 1)
	});
	state.counters.promoted++;
}

function updateItem(state: ShowState, data: ItemUpdated): void {
	const { number } = data.item;
	if (data.action === 'removed') {
		state.items.delete(number);
		return;
	}
	if (data.action === 'shown') state.showing = number;
	if (data.action === 'hidden') state.showing = null;
	const current = state.items.get(number);
	state.items.set(number, {
		...data.item,
		winners: current?.winners ?? [],
		waitlist: current?.waitlist ?? [],
		changedSeq: current?.changedSeq ?? 0
	});
}

function markReallocated(state: ShowState, event: ShowEvent): void {
	const number = reallocatedItem(event);
	const item = number === null ? undefined : state.items.get(number);
	if (item) state.items.set(item.number, { ...item, changedSeq: event.seq });
}

/**
 * Folds one event into the state, in place. Returns false for an event that the state already holds.
 * Throws `SequenceGapError` when events are missing in between or the epoch differs (nothing is
 * changed), and `FoldError` when the event contradicts the state.
 */
export function applyEvent(state: ShowState, event: ShowEvent): boolean {
	if (event.epoch === state.epoch && event.seq <= state.seq) return false;
	if (event.epoch !== state.epoch || event.seq !== state.seq + 1) {
		throw new SequenceGapError({ epoch: state.epoch, seq: state.seq + 1 }, event);
	}
	switch (event.type) {
		case 'comment.received':
			state.counters[event.data.outcome]++;
			break;
		case 'claim.created':
			create(state, event, event.data);
			break;
		case 'claim.released':
			release(state, event, event.data);
			break;
		case 'claim.promoted':
			promote(state, event, event.data.item, event.data.claimId);
			break;
		case 'item.updated':
			updateItem(state, event.data);
			break;
		case 'session.status':
			state.status = event.data.status;
			state.settings = {
				name: event.data.name,
				claimWord: event.data.claimWord,
				passWord: event.data.passWord
			};
			break;
		case 'channel.status':
			state.channels.set(event.data.channelId, event.data);
			break;
		case 'error':
			break;
		default:
			event satisfies never;
	}
	markReallocated(state, event);
	state.seq = event.seq;
	return true;
}

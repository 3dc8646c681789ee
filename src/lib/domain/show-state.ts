import type { Buyer } from './buyer.ts';
import { COMMENT_OUTCOMES } from './events.ts';
import type {
	ChannelStatusChanged,
	ClaimState,
	CommentOutcome,
	Item,
	LogPosition,
	ShowStatus
} from './events.ts';

/** An active claim: it holds a unit or waits for one. Released claims live on in the log only. */
export type Claim = {
	readonly claimId: string;
	readonly item: string;
	readonly buyer: Buyer;
	readonly state: ClaimState;
	readonly rank: number;
	/** Orders the winners of an item: the seq of the event that gave the unit. Null while waiting. */
	readonly wonSeq: number | null;
	/** When the claim was made, epoch milliseconds. */
	readonly claimedAt: number;
};

/** An item with its claims: winners in the order they won, the queue with its head first. */
export type ItemClaims = Item & {
	readonly winners: readonly Claim[];
	readonly waitlist: readonly Claim[];
	/** Seq of the last event that changed the allocation (`reallocatedItem`). */
	readonly changedSeq: number;
};

export type Counter = CommentOutcome | 'released' | 'promoted';
export const COUNTERS: readonly Counter[] = [...COMMENT_OUTCOMES, 'released', 'promoted'];
export type Counters = Record<Counter, number>;

export type ShowSettings = {
	readonly name: string;
	readonly claimWord: string;
	readonly passWord: string;
};

/**
 * The live state of a show at one position of its log. `applyEvent` changes it in place, but replaces
 * each item object that changes, so that a view can compare by identity.
 */
export type ShowState = {
	readonly showId: string;
	epoch: string;
	seq: number;
	status: ShowStatus;
	settings: ShowSettings;
	readonly items: Map<string, ItemClaims>;
	/** Number of the item that the host holds up now. */
	showing: string | null;
	readonly channels: Map<string, ChannelStatusChanged>;
	readonly counters: Counters;
};

export function emptyCounters(): Counters {
	return {
		none: 0,
		not_counted: 0,
		buyer_blocked: 0,
		item_not_found: 0,
		item_closed: 0,
		duplicate_buyer: 0,
		winner: 0,
		waitlist: 0,
		pass: 0,
		no_active_claim: 0,
		released: 0,
		promoted: 0
	};
}

/** A draft show before its first event. */
export function createShowState(showId: string, epoch: string, settings: ShowSettings): ShowState {
	return {
		showId,
		epoch,
		seq: 0,
		status: 'draft',
		settings,
		items: new Map(),
		showing: null,
		channels: new Map(),
		counters: emptyCounters()
	};
}

export function positionOf(state: ShowState): LogPosition {
	return { epoch: state.epoch, seq: state.seq };
}

/** Distinct comments in the log. */
export function commentCount(counters: Counters): number {
	return COMMENT_OUTCOMES.reduce((sum, outcome) => sum + counters[outcome], 0);
}

export function compareItemNumbers(a: string, b: string): number {
	return Number(a) - Number(b);
}

/** Items by number, the order in which every page shows them. */
export function itemsByNumber(state: ShowState): ItemClaims[] {
	return [...state.items.values()].sort((a, b) => compareItemNumbers(a.number, b.number));
}

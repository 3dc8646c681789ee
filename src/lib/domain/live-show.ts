import { noClaimReason } from './buyer.ts';
import type { Buyer, NoClaim } from './buyer.ts';
import type {
	Cause,
	ChannelStatusChanged,
	CommentReceived,
	ShowEvent,
	ShowStatus
} from './events.ts';
import { applyEvent } from './reducer.ts';
import { itemsByNumber } from './show-state.ts';
import type { Counters, ItemClaims, ShowSettings, ShowState } from './show-state.ts';

/** A comment with its place in the log. */
export type CommentEntry = CommentReceived & { readonly seq: number; readonly at: number };

export type FeedKind =
	| 'winner'
	| 'waitlist'
	| 'promoted'
	| 'released'
	| 'duplicate_buyer'
	| 'not_counted'
	| 'buyer_blocked'
	| 'item_not_found'
	| 'item_closed'
	| 'no_active_claim';

/** A line of the claim feed: something that happened, or failed to happen, to somebody's claim. */
export type FeedEntry = {
	readonly seq: number;
	readonly at: number;
	readonly kind: FeedKind;
	readonly item: string;
	readonly buyer: Pick<Buyer, 'key' | 'platform' | 'handle'>;
	readonly claimId: string | null;
	readonly position: number | null;
	readonly cause: Cause | null;
	/** Why the comment did not count (`not_counted`), where that is not for the show's being paused. */
	readonly noClaim: NoClaim | null;
};

/** The show's state with the latest comments and feed lines, oldest first, each list bounded. */
export type LiveShow = {
	readonly state: ShowState;
	readonly comments: CommentEntry[];
	readonly feed: FeedEntry[];
	readonly limit: number;
	/** Events up to this seq are in Postgres. */
	persistedSeq: number;
};

/** How many comments and feed lines a snapshot carries. */
export const SNAPSHOT_WINDOW = 200;

/** Null for a comment that asked for nothing, and for one whose claim event tells the story itself. */
function feedOfComment(event: ShowEvent & { type: 'comment.received' }): FeedEntry | null {
	const { outcome, item, platform, userId, handle } = event.data;
	if (item === null) return null;
	if (outcome === 'none' || outcome === 'winner' || outcome === 'waitlist' || outcome === 'pass') {
		return null;
	}
	return {
		seq: event.seq,
		at: event.at,
		kind: outcome,
		item,
		buyer: { key: `${platform}:${userId}`, platform, handle },
		claimId: null,
		position: null,
		cause: null,
		noClaim: outcome === 'not_counted' ? noClaimReason(event.data) : null
	};
}

/** The feed line of an event, or null when it is none of the feed's business. */
export function feedEntry(event: ShowEvent): FeedEntry | null {
	switch (event.type) {
		case 'comment.received':
			return feedOfComment(event);
		case 'claim.created':
			return { ...claimFacts(event), kind: event.data.state, position: event.data.position };
		case 'claim.promoted':
			return { ...claimFacts(event), kind: 'promoted', position: null };
		case 'claim.released':
			return { ...claimFacts(event), kind: 'released', position: null };
		default:
			return null;
	}
}

function claimFacts(
	event: ShowEvent & { type: 'claim.created' | 'claim.released' | 'claim.promoted' }
): Omit<FeedEntry, 'kind' | 'position'> {
	const { key, platform, handle } = event.data.buyer;
	return {
		seq: event.seq,
		at: event.at,
		item: event.data.item,
		buyer: { key, platform, handle },
		claimId: event.data.claimId,
		cause: event.data.cause,
		noClaim: null
	};
}

/** Drops the oldest in one go when the list is a quarter over, so that a busy show does not shift per event. */
function pushBounded<T>(list: T[], entry: T, limit: number): void {
	list.push(entry);
	if (list.length > limit * 1.25) list.splice(0, list.length - limit);
}

/** Adds the event to the recent lists only. */
export function applyToLists(
	show: Pick<LiveShow, 'comments' | 'feed' | 'limit'>,
	event: ShowEvent
): void {
	if (event.type === 'comment.received') {
		pushBounded(show.comments, { ...event.data, seq: event.seq, at: event.at }, show.limit);
	}
	const entry = feedEntry(event);
	if (entry) pushBounded(show.feed, entry, show.limit);
}

/** Folds one event into state and lists. Returns and throws as `applyEvent`. */
export function applyToLiveShow(show: LiveShow, event: ShowEvent): boolean {
	if (!applyEvent(show.state, event)) return false;
	applyToLists(show, event);
	return true;
}

/** A live show as plain JSON, taken at one instant: what a console starts from. */
export type ShowSnapshot = {
	readonly showId: string;
	readonly epoch: string;
	readonly seq: number;
	readonly persistedSeq: number;
	readonly status: ShowStatus;
	readonly settings: ShowSettings;
	readonly items: readonly ItemClaims[];
	readonly showing: string | null;
	readonly channels: readonly ChannelStatusChanged[];
	readonly counters: Counters;
	readonly comments: readonly CommentEntry[];
	readonly feed: readonly FeedEntry[];
};

export function toSnapshot(show: LiveShow): ShowSnapshot {
	const { state } = show;
	return {
		showId: state.showId,
		epoch: state.epoch,
		seq: state.seq,
		persistedSeq: show.persistedSeq,
		status: state.status,
		settings: state.settings,
		items: itemsByNumber(state),
		showing: state.showing,
		channels: [...state.channels.values()],
		counters: { ...state.counters },
		comments: show.comments.slice(-SNAPSHOT_WINDOW),
		feed: show.feed.slice(-SNAPSHOT_WINDOW)
	};
}

/** Opens a snapshot for folding. `limit` bounds each recent list from here on. */
export function fromSnapshot(snapshot: ShowSnapshot, limit: number): LiveShow {
	return {
		state: {
			showId: snapshot.showId,
			epoch: snapshot.epoch,
			seq: snapshot.seq,
			status: snapshot.status,
			settings: snapshot.settings,
			items: new Map(snapshot.items.map((item) => [item.number, item])),
			showing: snapshot.showing,
			channels: new Map(snapshot.channels.map((channel) => [channel.channelId, channel])),
			counters: { ...snapshot.counters }
		},
		comments: snapshot.comments.slice(-limit),
		feed: snapshot.feed.slice(-limit),
		limit,
		persistedSeq: snapshot.persistedSeq
	};
}

/**
 * What a console receives. The first message of a subscription is a snapshot, or, for a client that
 * resumes from a known position, the events it missed (possibly none).
 */
export type LiveMessage =
	| { readonly kind: 'snapshot'; readonly snapshot: ShowSnapshot }
	| {
			readonly kind: 'events';
			readonly events: readonly ShowEvent[];
			readonly persistedSeq: number;
	  };

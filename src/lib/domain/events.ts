import type { Buyer } from './buyer.ts';
import type { Removal } from './removal.ts';

export type ShowStatus = 'draft' | 'active' | 'paused' | 'ended';
export type ItemState = 'open' | 'closed';
export type ClaimState = 'winner' | 'waitlist';

/** What became of a new comment (DESIGN §3). */
export type CommentOutcome =
	| 'none'
	| 'not_counted'
	| 'buyer_blocked'
	| 'item_not_found'
	| 'item_closed'
	| 'duplicate_buyer'
	| 'winner'
	| 'waitlist'
	| 'pass'
	| 'no_active_claim';

export const COMMENT_OUTCOMES: readonly CommentOutcome[] = [
	'none',
	'not_counted',
	'buyer_blocked',
	'item_not_found',
	'item_closed',
	'duplicate_buyer',
	'winner',
	'waitlist',
	'pass',
	'no_active_claim'
];

export type Item = {
	readonly id: string;
	readonly number: string;
	readonly title: string;
	readonly quantity: number;
	readonly state: ItemState;
};

/** What an operator did that changed claims or a quantity. */
export type OperatorAction = 'release' | 'award' | 'reassign' | 'quantity' | 'undo';

/**
 * What made a claim change: a viewer's comment, or an operator's action. `seq` is that of the action's
 * first event and names the action, e.g. for undoing it.
 */
export type Cause =
	| { readonly kind: 'comment'; readonly commentKey: string }
	| {
			readonly kind: 'operator';
			readonly action: OperatorAction;
			readonly actor: string;
			readonly seq: number;
	  };

export type ChannelStatus = 'connecting' | 'connected' | 'degraded' | 'disconnected' | 'ended';

/**
 * Why a channel is not simply connected: access must be given anew, a permission is missing, the
 * platform limits calls or can't be reached, it does not know the broadcast, the broadcast is over, the
 * operator stopped listening, the show is over.
 */
export type ChannelReason =
	| 'needs_reauth'
	| 'permission'
	| 'throttled'
	| 'platform'
	| 'not_found'
	| 'live_ended'
	| 'stopped'
	| 'show_ended';

export const CHANNEL_REASONS: readonly ChannelReason[] = [
	'needs_reauth',
	'permission',
	'throttled',
	'platform',
	'not_found',
	'live_ended',
	'stopped',
	'show_ended'
];

export type CommentReceived = {
	readonly platform: string;
	readonly liveId: string;
	readonly commentId: string;
	/** Platform time in epoch milliseconds, null when the platform gave none. */
	readonly postedAt: number | null;
	/** Null when the platform does not say who wrote it: such a comment never claims. */
	readonly userId: string | null;
	/** Empty when the author is unknown. */
	readonly handle: string;
	readonly displayName: string | null;
	/** Written by the seller's own page or account: such a comment never claims. */
	readonly fromPage: boolean;
	readonly text: string;
	readonly intent: 'claim' | 'pass' | null;
	readonly item: string | null;
	readonly outcome: CommentOutcome;
	/** The claim that this comment created or released. */
	readonly claimId: string | null;
	/** Place in the queue (1 = next), only for outcome `waitlist`. */
	readonly position: number | null;
	/** Why words and author are gone; absent while they are there. */
	readonly removed?: Removal | undefined;
};

export type ClaimCreated = {
	readonly claimId: string;
	/** The item's id: a number can be removed and given to another item later. */
	readonly itemId: string;
	readonly item: string;
	readonly buyer: Buyer;
	readonly state: ClaimState;
	/** Orders the queue: the claim with the lowest rank is promoted first. */
	readonly rank: number;
	readonly position: number | null;
	readonly cause: Cause;
};

export type ClaimReleased = {
	readonly claimId: string;
	readonly item: string;
	readonly buyer: Buyer;
	readonly from: ClaimState;
	/** The place in the queue that the claim had, so that it can be given back exactly. */
	readonly rank: number;
	readonly cause: Cause;
};

export type ClaimPromoted = {
	readonly claimId: string;
	readonly item: string;
	readonly buyer: Buyer;
	readonly cause: Cause;
};

/** `shown`: the host holds the item up now; `hidden`: nothing is held up any more. */
export type ItemAction =
	'added' | 'edited' | 'quantity' | 'opened' | 'closed' | 'removed' | 'shown' | 'hidden';

export type ItemUpdated = {
	readonly action: ItemAction;
	readonly item: Item;
	readonly previous: Item | null;
	readonly actor: string;
	/** Set when an operator's action also changed claims (`quantity`, `undo`); see `Cause`. */
	readonly cause: Cause | null;
};

export type SessionStatus = {
	/** `reopened`: the end was taken back. */
	readonly action: 'activated' | 'paused' | 'resumed' | 'ended' | 'reopened' | 'edited';
	readonly status: ShowStatus;
	readonly previous: ShowStatus;
	readonly name: string;
	readonly claimWord: string;
	readonly passWord: string;
	readonly actor: string;
};

export type ChannelStatusChanged = {
	readonly channelId: string;
	readonly platform: string;
	readonly liveId: string;
	readonly status: ChannelStatus;
	readonly reason: ChannelReason | null;
	/** One sentence for the operator: what happened, what to do. */
	readonly detail: string | null;
};

export type ErrorRecorded = {
	readonly code: string;
	readonly message: string;
	readonly channelId: string | null;
};

type EventOf<Type extends string, Data> = {
	/** `<epoch>:<seq>`, also the id that a client resumes from. */
	readonly id: string;
	readonly epoch: string;
	readonly seq: number;
	/** Epoch milliseconds on the Redis server's clock. */
	readonly at: number;
	readonly type: Type;
	readonly data: Data;
};

/** One fact that happened in a show. The log of these is the truth; every state is a fold of it. */
export type ShowEvent =
	| EventOf<'comment.received', CommentReceived>
	| EventOf<'claim.created', ClaimCreated>
	| EventOf<'claim.released', ClaimReleased>
	| EventOf<'claim.promoted', ClaimPromoted>
	| EventOf<'item.updated', ItemUpdated>
	| EventOf<'session.status', SessionStatus>
	| EventOf<'channel.status', ChannelStatusChanged>
	| EventOf<'error', ErrorRecorded>;

export type ShowEventType = ShowEvent['type'];

/**
 * Whether the event is the first one of a script call: of a comment, or of an operator's action. The
 * others of the call follow it directly, and only all of them together keep the rules of the show.
 */
export function startsCall(event: ShowEvent): boolean {
	switch (event.type) {
		case 'claim.created':
		case 'claim.promoted':
		case 'claim.released':
			return event.data.cause.kind === 'operator' && event.data.cause.seq === event.seq;
		case 'item.updated':
			return event.data.cause?.kind !== 'operator' || event.data.cause.seq === event.seq;
		default:
			return true;
	}
}

/** What an event is about, where its type has one such thing. */
function subjectOf(event: ShowEvent): string {
	switch (event.type) {
		case 'comment.received':
			return event.data.commentId;
		case 'claim.created':
		case 'claim.promoted':
		case 'claim.released':
			return event.data.claimId;
		default:
			return '';
	}
}

/**
 * Whether two copies are of one event. A position alone does not tell: a server that fell back and went
 * on gives the same one to another event. Names and texts are not compared, since they may be erased.
 */
export function isSameEvent(one: ShowEvent, other: ShowEvent): boolean {
	return (
		one.id === other.id &&
		one.at === other.at &&
		one.type === other.type &&
		subjectOf(one) === subjectOf(other)
	);
}

/** A position in a show's log. */
export type LogPosition = { readonly epoch: string; readonly seq: number };

/**
 * Where a reader stands, with the time of the last event that it has, if it knows it: so that it is
 * noticed when the log has another event there by now (`isSameEvent`).
 */
export type ReaderPosition = LogPosition & { readonly at?: number | undefined };

export function formatPosition({ epoch, seq, at }: ReaderPosition): string {
	return at === undefined ? `${epoch}:${seq}` : `${epoch}:${seq}:${at}`;
}

/** Reads `<epoch>:<seq>` or `<epoch>:<seq>:<at>`; null for anything else, since it comes from clients. */
export function parsePosition(id: string): ReaderPosition | null {
	const match = /^([a-z0-9]{1,32}):(0|[1-9][0-9]{0,14})(?::([1-9][0-9]{0,14}))?$/.exec(id);
	if (match?.[1] === undefined || match[2] === undefined) return null;
	const at = match[3] === undefined ? undefined : Number(match[3]);
	return { epoch: match[1], seq: Number(match[2]), ...(at === undefined ? {} : { at }) };
}

/**
 * The item whose allocation the event changed otherwise than by adding somebody to the end of its
 * queue: a unit won or lost, a place given up or given back, a quantity. Null for all other events.
 * An operator's action can be undone exactly as long as no such event followed it.
 */
export function reallocatedItem(event: ShowEvent): string | null {
	switch (event.type) {
		case 'claim.created':
			return event.data.state === 'winner' || event.data.cause.kind === 'operator'
				? event.data.item
				: null;
		case 'claim.promoted':
		case 'claim.released':
			return event.data.item;
		case 'item.updated':
			return event.data.action === 'added' || event.data.action === 'quantity'
				? event.data.item.number
				: null;
		default:
			return null;
	}
}

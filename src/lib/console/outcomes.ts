import ArrowUp from '@lucide/svelte/icons/arrow-up';
import Ban from '@lucide/svelte/icons/ban';
import Check from '@lucide/svelte/icons/check';
import Copy from '@lucide/svelte/icons/copy';
import Hourglass from '@lucide/svelte/icons/hourglass';
import Lock from '@lucide/svelte/icons/lock';
import Pause from '@lucide/svelte/icons/pause';
import Store from '@lucide/svelte/icons/store';
import Undo2 from '@lucide/svelte/icons/undo-2';
import UserRoundMinus from '@lucide/svelte/icons/user-round-minus';
import UserRoundX from '@lucide/svelte/icons/user-round-x';
import CircleQuestionMark from '@lucide/svelte/icons/circle-question-mark';
import { noClaimReason } from '../domain/buyer.ts';
import type { NoClaim } from '../domain/buyer.ts';
import type { CommentOutcome } from '../domain/events.ts';
import type { CommentEntry, FeedEntry, FeedKind } from '../domain/live-show.ts';
import type { StateLook } from './availability.ts';

const FEED: Record<FeedKind, StateLook> = {
	winner: { label: 'Won', tone: 'free', icon: Check },
	waitlist: { label: 'Waitlist', tone: 'part', icon: Hourglass },
	promoted: { label: 'Promoted', tone: 'accent', icon: ArrowUp },
	released: { label: 'Passed', tone: 'off', icon: Undo2 },
	duplicate_buyer: { label: 'Duplicate', tone: 'off', icon: Copy },
	not_counted: { label: 'Not counted', tone: 'off', icon: Pause },
	buyer_blocked: { label: 'Blocked buyer', tone: 'off', icon: UserRoundMinus },
	item_not_found: { label: 'No such item', tone: 'off', icon: CircleQuestionMark },
	item_closed: { label: 'Item closed', tone: 'off', icon: Lock },
	no_active_claim: { label: 'Nothing to pass', tone: 'off', icon: Ban }
};

/** Why a claim or pass did not count although the show was on. */
const NO_CLAIMS: Record<NoClaim, StateLook> = {
	author_unknown: { label: 'Author unknown', tone: 'off', icon: UserRoundX },
	own_page: { label: 'Your own page', tone: 'off', icon: Store }
};

/** How a feed line looks; a release is the operator's or the buyer's own. */
export function feedLook(entry: FeedEntry): StateLook {
	if (entry.noClaim !== null) return NO_CLAIMS[entry.noClaim];
	const look = FEED[entry.kind];
	if (entry.kind === 'waitlist' && entry.position !== null) {
		return { ...look, label: `Waitlist #${entry.position}` };
	}
	if (entry.cause?.kind === 'operator') {
		if (entry.kind === 'released') return { ...look, label: 'Released' };
		if (entry.kind === 'winner') return { ...look, label: 'Awarded' };
	}
	return look;
}

const COMMENT_KINDS: Record<Exclude<CommentOutcome, 'none'>, FeedKind> = {
	winner: 'winner',
	waitlist: 'waitlist',
	pass: 'released',
	duplicate_buyer: 'duplicate_buyer',
	not_counted: 'not_counted',
	buyer_blocked: 'buyer_blocked',
	item_not_found: 'item_not_found',
	item_closed: 'item_closed',
	no_active_claim: 'no_active_claim'
};

/** How a comment that asked for something is marked, null for one that asked for nothing. */
export function commentLook(comment: CommentEntry): StateLook | null {
	if (comment.outcome === 'none') return null;
	const look = FEED[COMMENT_KINDS[comment.outcome]];
	const reason = noClaimReason(comment);
	if (comment.outcome === 'not_counted' && reason !== null) {
		const why = NO_CLAIMS[reason];
		return { ...why, label: `${look.label}: ${why.label.toLowerCase()}` };
	}
	return comment.outcome === 'waitlist' && comment.position !== null
		? { ...look, label: `Waitlist #${comment.position}` }
		: look;
}

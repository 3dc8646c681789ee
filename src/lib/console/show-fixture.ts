import type { ClaimState, CommentOutcome, ShowEvent, ShowStatus } from '../domain/events.ts';
import { toSnapshot } from '../domain/live-show.ts';
import type { ShowSnapshot } from '../domain/live-show.ts';
import { createShowState } from '../domain/show-state.ts';

const START_AT = 1_760_000_000_000;

/** An active show with item 12 (two units), before its first comment; for tests. */
export function startSnapshot(epoch = 'e1', seq = 0): ShowSnapshot {
	const state = createShowState('show-1', epoch, {
		name: 'Saturday sale',
		claimWord: 'sold',
		passWord: 'pass'
	});
	state.status = 'active';
	state.seq = seq;
	state.items.set('12', {
		id: 'item-12',
		number: '12',
		title: 'Linen dress',
		quantity: 2,
		state: 'open',
		winners: [],
		waitlist: [],
		changedSeq: 0
	});
	return toSnapshot({ state, comments: [], feed: [], limit: 200, persistedSeq: seq });
}

function head(seq: number, epoch: string) {
	return { id: `${epoch}:${seq}`, epoch, seq, at: START_AT + seq * 10 };
}

/** A comment event of the buyer `facebook:<user>`; for tests. */
export function comment(
	seq: number,
	outcome: CommentOutcome = 'none',
	epoch = 'e1',
	user = `u${seq}`
): ShowEvent {
	return {
		...head(seq, epoch),
		type: 'comment.received',
		data: {
			platform: 'facebook',
			liveId: 'L',
			commentId: `c${seq}`,
			postedAt: null,
			userId: user,
			handle: user,
			displayName: null,
			fromPage: false,
			text: outcome === 'none' ? 'hello' : 'sold 12',
			intent: outcome === 'none' ? null : 'claim',
			item: outcome === 'none' ? null : '12',
			outcome,
			claimId: null,
			position: null
		}
	};
}

/** The claim of `facebook:<user>` on item 12; for tests. */
export function claim(
	seq: number,
	user: string,
	state: ClaimState = 'winner',
	item = '12'
): ShowEvent {
	const key = `facebook:${user}`;
	return {
		...head(seq, 'e1'),
		type: 'claim.created',
		data: {
			claimId: `claim-${user}`,
			itemId: `item-${item}`,
			item,
			buyer: { key, platform: 'facebook', userId: user, handle: user, displayName: null },
			state,
			rank: seq,
			position: state === 'waitlist' ? 1 : null,
			cause: { kind: 'comment', commentKey: `facebook:c${seq - 1}` }
		}
	};
}

/** A change of the show's status; for tests. */
export function status(seq: number, next: ShowStatus, epoch = 'e1'): ShowEvent {
	return {
		...head(seq, epoch),
		type: 'session.status',
		data: {
			action: next === 'paused' ? 'paused' : 'ended',
			status: next,
			previous: 'active',
			name: 'Saturday sale',
			claimWord: 'sold',
			passWord: 'pass',
			actor: 'user:1'
		}
	};
}

import { reallocatedItem } from '../../domain/events.ts';
import type { Cause, Item, ShowEvent } from '../../domain/events.ts';

/** A claim as a batch leaves it: complete when the batch made it, else only what changed. */
export type ClaimRow = {
	readonly id: string;
	readonly itemId: string;
	readonly item: string;
	readonly buyerKey: string;
	readonly platform: string;
	readonly userId: string;
	readonly handle: string;
	readonly displayName: string | null;
	readonly rank: number;
	readonly createdSeq: number;
	readonly claimedAt: number;
	readonly change: ClaimChange;
};

export type ClaimChange = {
	readonly id: string;
	readonly state: 'winner' | 'waitlist' | 'released';
	readonly wonSeq: number | null;
	readonly promotedAt: number | null;
	readonly releasedAt: number | null;
};

export type CommentRow = ShowEvent & { readonly type: 'comment.received' };

export type AuditRow = {
	readonly seq: number;
	readonly at: number;
	readonly actor: string;
	readonly action: string;
	readonly target: string;
	readonly details: Record<string, unknown>;
};

/** What a run of events changes in the tables that are read by people (DESIGN rule 4). */
export type Projection = {
	readonly comments: readonly CommentRow[];
	readonly newClaims: readonly ClaimRow[];
	/** Changes to claims of earlier batches. */
	readonly claimChanges: readonly ClaimChange[];
	/** Each item as the batch leaves it; removed ones apart. */
	readonly items: readonly Item[];
	readonly removedItems: readonly { readonly item: Item; readonly at: number }[];
	readonly channels: readonly (ShowEvent & { readonly type: 'channel.status' })['data'][];
	/** Seq of the last change of an item's allocation, by number. */
	readonly reallocated: ReadonlyMap<string, number>;
	/** The item held up at the end of the batch; undefined when the batch did not change it. */
	readonly showing: string | null | undefined;
	readonly session: (ShowEvent & { readonly type: 'session.status' }) | null;
	readonly startedAt: number | null;
	/** Epoch milliseconds; null when the end was taken back, undefined when the batch says nothing of it. */
	readonly endedAt: number | null | undefined;
	readonly audit: readonly AuditRow[];
};

type ClaimEvent = ShowEvent & {
	readonly type: 'claim.created' | 'claim.promoted' | 'claim.released';
};

/** Claims as the batch leaves them. Several events of one claim become one row. */
class ClaimFold {
	readonly created = new Map<string, ClaimRow>();
	readonly changed = new Map<string, ClaimChange>();

	add(event: ClaimEvent): void {
		const id = event.data.claimId;
		if (event.type === 'claim.created') {
			const { itemId, item, buyer, state, rank } = event.data;
			this.created.set(id, {
				id,
				itemId,
				item,
				buyerKey: buyer.key,
				platform: buyer.platform,
				userId: buyer.userId,
				handle: buyer.handle,
				displayName: buyer.displayName,
				rank,
				createdSeq: event.seq,
				claimedAt: event.at,
				change: {
					id,
					state,
					wonSeq: state === 'winner' ? event.seq : null,
					promotedAt: null,
					releasedAt: null
				}
			});
			return;
		}
		const created = this.created.get(id);
		const before = created?.change ?? this.changed.get(id);
		const change: ClaimChange =
			event.type === 'claim.promoted'
				? {
						id,
						state: 'winner',
						wonSeq: event.seq,
						promotedAt: event.at,
						releasedAt: null
					}
				: {
						id,
						state: 'released',
						wonSeq: before?.wonSeq ?? null,
						promotedAt: before?.promotedAt ?? null,
						releasedAt: event.at
					};
		if (created) this.created.set(id, { ...created, change });
		else this.changed.set(id, change);
	}
}

/** What the claim was before the event and is after it; null where there is none. */
function claimChange(event: ClaimEvent): Record<'before' | 'after', object | null> {
	switch (event.type) {
		case 'claim.created':
			return { before: null, after: { state: event.data.state } };
		case 'claim.promoted':
			return { before: { state: 'waitlist' }, after: { state: 'winner' } };
		case 'claim.released':
			return { before: { state: event.data.from }, after: null };
	}
}

function auditOfClaim(event: ClaimEvent, cause: Cause): AuditRow | null {
	if (cause.kind !== 'operator') return null;
	const { item, buyer, claimId } = event.data;
	return {
		seq: event.seq,
		at: event.at,
		actor: cause.actor,
		action: cause.action,
		target: `item ${item}`,
		details: { event: event.type, claimId, buyerKey: buyer.key, ...claimChange(event) }
	};
}

function auditOf(event: ShowEvent): AuditRow | null {
	const { seq, at } = event;
	switch (event.type) {
		case 'claim.created':
		case 'claim.promoted':
		case 'claim.released':
			return auditOfClaim(event, event.data.cause);
		case 'item.updated': {
			const { action, item, previous, actor } = event.data;
			const details = { after: item, before: previous };
			return { seq, at, actor, action: `item.${action}`, target: `item ${item.number}`, details };
		}
		case 'session.status': {
			const { action, status, previous, actor, name, claimWord, passWord } = event.data;
			const details = { status, previous, name, claimWord, passWord };
			return { seq, at, actor, action: `show.${action}`, target: 'show', details };
		}
		default:
			return null;
	}
}

/** Sums up what a run of consecutive events changes. Pure: the same events give the same rows. */
export function project(events: readonly ShowEvent[]): Projection {
	const comments: CommentRow[] = [];
	const claims = new ClaimFold();
	const items = new Map<string, Item>();
	const removedItems: { item: Item; at: number }[] = [];
	const channels = new Map<string, Projection['channels'][number]>();
	const reallocated = new Map<string, number>();
	const audit: AuditRow[] = [];
	let showing: Projection['showing'];
	let session: Projection['session'] = null;
	let startedAt: number | null = null;
	let endedAt: Projection['endedAt'];

	for (const event of events) {
		switch (event.type) {
			case 'comment.received':
				comments.push(event);
				break;
			case 'claim.created':
			case 'claim.promoted':
			case 'claim.released':
				claims.add(event);
				break;
			case 'item.updated':
				items.set(event.data.item.id, event.data.item);
				if (event.data.action === 'removed') {
					removedItems.push({ item: event.data.item, at: event.at });
				}
				if (event.data.action === 'shown') showing = event.data.item.number;
				if (event.data.action === 'hidden') showing = null;
				break;
			case 'session.status':
				session = event;
				if (event.data.action === 'activated') startedAt = event.at;
				if (event.data.action === 'ended') endedAt = event.at;
				if (event.data.action === 'reopened') endedAt = null;
				break;
			case 'channel.status':
				channels.set(event.data.channelId, event.data);
				break;
			case 'error':
				break;
			default:
				event satisfies never;
		}
		const changed = reallocatedItem(event);
		if (changed !== null) reallocated.set(changed, event.seq);
		const row = auditOf(event);
		if (row) audit.push(row);
	}
	return {
		comments,
		newClaims: [...claims.created.values()],
		claimChanges: [...claims.changed.values()],
		items: [...items.values()],
		removedItems,
		channels: [...channels.values()],
		reallocated,
		showing,
		session,
		startedAt,
		endedAt,
		audit
	};
}

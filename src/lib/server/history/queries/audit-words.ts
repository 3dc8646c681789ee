import { z } from 'zod';
import type { ActorName, FormerSettings } from './audit-names.ts';

/** One thing that an action changed; null: there was nothing before, or is nothing after. */
export type AuditChange = {
	readonly what: string;
	readonly before: string | null;
	readonly after: string | null;
};

type Details = Readonly<Record<string, unknown>>;

const CLAIM_WORDS: Record<string, Record<string, string>> = {
	release: {
		'claim.released': 'Released a claim',
		'claim.promoted': 'Released a claim: the next in line moved up'
	},
	award: {
		'claim.created': 'Awarded a unit',
		'claim.promoted': 'Awarded a unit to somebody in the queue'
	},
	reassign: {
		'claim.released': 'Reassigned a unit: taken from a buyer',
		'claim.created': 'Reassigned a unit: given to a buyer',
		'claim.promoted': 'Reassigned a unit: given to a buyer in the queue'
	},
	quantity: { 'claim.promoted': 'Raised the quantity: the next in line moved up' },
	undo: {
		'claim.released': 'Undid an action: a claim was taken back',
		'claim.created': 'Undid an action: a claim was given back'
	}
};

const WORDS: Record<string, string> = {
	'item.added': 'Added an item',
	'item.edited': 'Renamed an item',
	'item.quantity': 'Changed the quantity',
	'item.opened': 'Opened an item',
	'item.closed': 'Closed an item',
	'item.removed': 'Removed an item',
	'item.shown': 'Showed an item',
	'item.hidden': 'Stopped showing an item',
	'show.created': 'Created a show',
	'show.duplicated': 'Duplicated a show',
	'show.activated': 'Started the show',
	'show.paused': 'Paused the show',
	'show.resumed': 'Resumed the show',
	'show.ended': 'Ended the show',
	'show.reopened': 'Reopened the show',
	'show.edited': 'Changed the show’s settings',
	'show.overrides_changed': 'Changed the show’s pace or sounds',
	'rehearsal.started': 'Started a rehearsal',
	'channel.added': 'Added a channel',
	'channel.stopped': 'Stopped a channel',
	'channel.restarted': 'Restarted a channel',
	'channel.watched': 'Let the show take up the account’s next broadcast',
	'channel.unwatched': 'No longer lets the show take up the account’s broadcasts',
	'connection.connected': 'Connected an account',
	'connection.disconnected': 'Disconnected an account',
	'settings.changed': 'Changed the workspace’s settings',
	'workspace.transferred': 'Handed the workspace over',
	'member.invited': 'Made an invitation link',
	'member.invite_withdrawn': 'Withdrew an invitation link',
	'member.joined': 'Joined the workspace',
	'member.role_changed': 'Changed a member’s role',
	'member.removed': 'Removed a member',
	'member.left': 'Left the workspace',
	'account.renamed': 'Changed their name',
	'account.password_changed': 'Changed their password',
	'account.deleted': 'Deleted their account',
	'account.session_ended': 'Signed out one of their devices',
	'account.signed_out_everywhere': 'Signed out everywhere',
	'buyer.noted': 'Changed the note on a buyer',
	'buyer.tagged': 'Tagged a buyer',
	'buyer.untagged': 'Took a tag from a buyer',
	'buyer.blocked': 'Blocked a buyer',
	'buyer.unblocked': 'Unblocked a buyer',
	'buyer.linked': 'Linked two buyers',
	'buyer.unlinked': 'Unlinked a buyer',
	'buyer.erased': 'Erased a buyer’s personal data',
	'retention.applied': 'Removed the comments of people who claimed nothing'
};

/** `invite_revoked` → `invite revoked`, `claimWord` → `claim word`. */
function spelled(name: string): string {
	return name
		.replace(/([a-z])([A-Z])/g, '$1 $2')
		.replace(/[._-]+/g, ' ')
		.toLowerCase();
}

function capital(text: string): string {
	return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** What was done, in words. An action that is not known here is spelled out. */
export function auditWords(action: string, details: Details): string {
	const event = details['event'];
	const ofClaim = typeof event === 'string' ? CLAIM_WORDS[action]?.[event] : undefined;
	return ofClaim ?? WORDS[action] ?? capital(spelled(action));
}

/** What an entry's target names: a person, a buyer, an invitation, or itself. */
const USER_TARGET = /^user:/;
const INVITE_TARGET = /^invite:/;
export const BUYER_TARGET = /^buyer (.+)$/s;

/** Names of what entries name by ids. */
export type TargetNames = {
	/** By actor. */
	readonly actors: ReadonlyMap<string, ActorName>;
	/** Handles, by buyer key. */
	readonly buyers: ReadonlyMap<string, string>;
};

/** What it was done to: `Item 12` for `item 12`; people and buyers by their names. */
export function auditTarget(target: string, { actors, buyers }: TargetNames): string {
	if (USER_TARGET.test(target)) return actors.get(target)?.name ?? 'Somebody';
	if (INVITE_TARGET.test(target)) return 'Invitation';
	const buyerKey = BUYER_TARGET.exec(target)?.[1];
	if (buyerKey !== undefined) return buyers.get(buyerKey) ?? buyerKey;
	return capital(target);
}

const facts = z.record(z.string(), z.unknown());

/** Keys that people have no use for: ids, and what stands in the entry elsewhere. */
const HIDDEN = new Set([
	'id',
	'event',
	'claimId',
	'buyerKey',
	'liveId',
	'before',
	'after',
	'number'
]);

/** What is told first; Postgres keeps no order of keys. */
const FIRST = ['name', 'title', 'quantity', 'state', 'status', 'claimWord', 'passWord'];

function byImportance(a: string, b: string): number {
	const place = (key: string): number => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);
	return place(a) - place(b) || (a < b ? -1 : 1);
}

function shown(value: unknown): string | null {
	if (value === null || value === undefined) return null;
	if (typeof value === 'string') return value;
	if (typeof value === 'boolean') return value ? 'yes' : 'no';
	if (Array.isArray(value)) return value.map((part) => shown(part) ?? '').join(', ');
	return JSON.stringify(value);
}

function differences(before: Details, after: Details): AuditChange[] {
	const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
	return keys
		.filter((key) => !HIDDEN.has(key))
		.sort(byImportance)
		.map((key) => ({
			what: capital(spelled(key)),
			before: shown(before[key]),
			after: shown(after[key])
		}))
		.filter((change) => change.before !== change.after);
}

/** An event of the show's status tells name and words as well, changed or not. */
function statusChange(action: string, details: Details, former: FormerSettings | null) {
	if (action === 'show.edited') {
		const { name, claimWord, passWord } = details;
		return differences(former ? { ...former } : {}, { name, claimWord, passWord });
	}
	return differences({ status: details['previous'] }, { status: details['status'] });
}

/**
 * What the action changed, before and after. `former`: the show's settings before, for `show.edited`, whose
 * entry does not tell them.
 */
export function auditChanges(
	action: string,
	details: Details,
	former: FormerSettings | null
): AuditChange[] {
	if ('previous' in details && 'status' in details) return statusChange(action, details, former);
	const { before, after, ...rest } = details;
	return [
		...differences(facts.safeParse(before).data ?? {}, facts.safeParse(after).data ?? {}),
		...differences({}, rest)
	];
}

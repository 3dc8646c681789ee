import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { buyerKey } from '../../../domain/buyer.ts';
import { ERASED_BUYER } from '../../../domain/removal.ts';
import type { Db } from '../database.ts';

/** An account, and who stands for it from now on. */
export type Pseudonym = {
	readonly buyerKey: string;
	readonly platform: string;
	readonly userId: string;
	readonly newKey: string;
	readonly newUserId: string;
};

/** A random stand-in: nothing leads from it to the account. Its platform stays, for the figures by platform. */
export function pseudonymFor(account: {
	readonly buyerKey: string;
	readonly platform: string;
	readonly userId: string;
}): Pseudonym {
	const newUserId = `erased-${randomBytes(12).toString('hex')}`;
	const { platform, userId } = account;
	return {
		buyerKey: account.buyerKey,
		platform,
		userId,
		newKey: buyerKey(platform, newUserId),
		newUserId
	};
}

/** The pseudonyms as a table `erased`. */
function erasedTable(pseudonyms: readonly Pseudonym[]) {
	const column = (name: keyof Pseudonym) => pseudonyms.map((pseudonym) => pseudonym[name]);
	return sql`unnest(${column('buyerKey')}::text[], ${column('platform')}::text[],
		${column('userId')}::text[], ${column('newKey')}::text[], ${column('newUserId')}::text[])
		as erased (buyer_key, platform, user_id, new_key, new_user_id)`;
}

/** Causes, of anybody's claims, that name comments which are about to lose their ids (index `events_item`). */
async function renameCauses(tx: Db, ids: string[], erased: ReturnType<typeof erasedTable>) {
	await sql`
		update events set data = jsonb_set(events.data, '{cause,commentKey}',
			to_jsonb(comments.platform || ':removed-' || comments.seq))
		from comments, ${erased}
		where comments.show_id = any(${ids}::uuid[]) and comments.platform = erased.platform
			and comments.user_id = erased.user_id and comments.item_number is not null
			and events.show_id = comments.show_id and events.item_number = comments.item_number
			and events.type <> 'comment.received'
			and events.data->'cause'->>'commentKey' = comments.platform || ':' || comments.comment_id
	`.execute(tx);
}

/** Words and author of comments, in `comments` and in the log (index `comments_author`). */
async function eraseComments(tx: Db, ids: string[], erased: ReturnType<typeof erasedTable>) {
	await sql`
		with gone as (
			update comments set comment_id = 'removed-' || comments.seq, user_id = erased.new_user_id,
				handle = ${ERASED_BUYER}, display_name = null, text = '', removed = 'erasure'
			from ${erased}
			where comments.show_id = any(${ids}::uuid[]) and comments.platform = erased.platform
				and comments.user_id = erased.user_id
			returning comments.show_id, comments.seq, comments.comment_id, comments.user_id,
				comments.handle
		)
		update events set data = events.data || jsonb_build_object('commentId', gone.comment_id,
			'userId', gone.user_id, 'handle', gone.handle, 'displayName', null, 'text', '',
			'removed', 'erasure')
		from gone
		where events.show_id = gone.show_id and events.seq = gone.seq
	`.execute(tx);
}

/** The buyer in the log's events of claims (index `events_item`, by the items that they claimed). */
async function eraseBuyerOfEvents(tx: Db, ids: string[], erased: ReturnType<typeof erasedTable>) {
	await sql`
		update events set data = jsonb_set(events.data, '{buyer}', jsonb_build_object(
			'key', claimed.new_key, 'platform', claimed.platform, 'userId', claimed.new_user_id,
			'handle', ${ERASED_BUYER}::text, 'displayName', null))
		from (
			select distinct claims.show_id, claims.item_number, erased.*
			from claims inner join ${erased} on erased.buyer_key = claims.buyer_key
			where claims.show_id = any(${ids}::uuid[])
		) as claimed
		where events.show_id = claimed.show_id and events.item_number = claimed.item_number
			and events.type <> 'comment.received'
			and events.data->'buyer'->>'key' = claimed.buyer_key
	`.execute(tx);
}

async function eraseClaims(tx: Db, ids: string[], erased: ReturnType<typeof erasedTable>) {
	await sql`
		update claims set buyer_key = erased.new_key, user_id = erased.new_user_id,
			handle = ${ERASED_BUYER}, display_name = null
		from ${erased}
		where claims.show_id = any(${ids}::uuid[]) and claims.buyer_key = erased.buyer_key
	`.execute(tx);
}

/**
 * Puts the pseudonyms in the place of these accounts in everything that Postgres holds of the shows, which
 * must be locked (`lockShows`). No row comes or goes, so no figure changes.
 */
export async function eraseRows(
	tx: Db,
	showIds: readonly string[],
	pseudonyms: readonly Pseudonym[]
): Promise<void> {
	const ids = [...showIds];
	const erased = erasedTable(pseudonyms);
	// Causes and events first: they are found by the names that the rows still have.
	await renameCauses(tx, ids, erased);
	await eraseComments(tx, ids, erased);
	await eraseBuyerOfEvents(tx, ids, erased);
	await eraseClaims(tx, ids, erased);
	await tx
		.updateTable('shows')
		.set((eb) => ({ rewrites: eb('rewrites', '+', 1) }))
		.where('id', '=', sql<string>`any(${ids}::uuid[])`)
		.execute();
}

import { sql } from 'kysely';
import { REMOVED_VIEWER } from '../../../domain/removal.ts';
import type { Db } from '../database.ts';

/** A stretch of a show's log, both ends included. */
type SeqRange = { readonly from: number; readonly to: number };

/**
 * Removes who wrote the comments of a stretch and what they said, in `comments` and in the log, unless their
 * author ever held a claim in the show. Outcomes, items and times stay. The same author gets the same
 * pseudonym, made with the show's key; a comment id, which leads to a public comment, is named by its seq.
 * The seller's own comments lose their words, since they answer people by name, and keep their author.
 */
export async function removeComments(
	tx: Db,
	showId: string,
	{ from, to }: SeqRange
): Promise<void> {
	await sql`
		with gone as (
			update comments set
				comment_id = 'removed-' || comments.seq,
				user_id = case when comments.from_page then comments.user_id else 'removed-' || left(
					encode(sha256(show_retention.pseudonym_key
						|| convert_to(comments.platform || ':' || comments.user_id, 'UTF8')), 'hex'), 24) end,
				handle = case when comments.from_page or comments.handle = '' then comments.handle
					else ${REMOVED_VIEWER} end,
				display_name = case when comments.from_page then comments.display_name end,
				text = '', removed = 'retention'
			from show_retention
			where comments.show_id = ${showId}::uuid and comments.seq between ${from} and ${to}
				and show_retention.show_id = comments.show_id
				and comments.removed is null
				and not exists (
					select from claims
					where claims.show_id = comments.show_id
						and claims.buyer_key = comments.platform || ':' || comments.user_id
				)
			returning comments.seq, comments.comment_id, comments.user_id, comments.handle,
				comments.display_name
		)
		update events set data = events.data || jsonb_build_object(
			'commentId', gone.comment_id, 'userId', gone.user_id, 'handle', gone.handle,
			'displayName', gone.display_name, 'text', '', 'removed', 'retention')
		from gone
		where events.show_id = ${showId}::uuid and events.seq = gone.seq
	`.execute(tx);
}

/** How many comments of a show retention has removed, and of how many accounts. */
export async function countRemoved(
	tx: Db,
	showId: string
): Promise<{ readonly comments: number; readonly people: number }> {
	const row = await tx
		.selectFrom('comments')
		.select([
			sql<string>`count(*)`.as('comments'),
			sql<string>`count(distinct (platform, user_id))
				filter (where user_id is not null and not from_page)`.as('people')
		])
		.where('show_id', '=', showId)
		.where('removed', '=', 'retention')
		.executeTakeFirstOrThrow();
	return { comments: Number(row.comments), people: Number(row.people) };
}

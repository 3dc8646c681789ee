import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** Bounds of a workspace's retention, in days. */
export const MIN_RETENTION_DAYS = 1;
export const MAX_RETENTION_DAYS = 3_650;

/** A show whose comments of non-buyers have been kept for long enough. */
export type DueShow = {
	readonly id: string;
	/** As Postgres writes it: a `Date` would lose microseconds, and with them the place in the list. */
	readonly endedAt: string;
	/** How long they were to be kept. */
	readonly days: number;
};

/** Place in the list of due shows. */
export type DueCursor = Pick<DueShow, 'id' | 'endedAt'>;

/**
 * Shows of workspaces with a retention that ended before it, the oldest first (index `shows_ended_of`). One
 * that was begun is among them whatever the workspace has chosen since: nothing stays half done.
 */
export async function dueShows(db: Db, after: DueCursor | null, limit: number): Promise<DueShow[]> {
	const { rows } = await sql<DueShow>`
		select due.id, due.ended_at::text as "endedAt", due.days from (
			select shows.id, shows.ended_at, workspaces.retention_days as days
			from workspaces
			inner join shows on shows.workspace_id = workspaces.id
			where workspaces.retention_days is not null and shows.status = 'ended'
				and shows.ended_at < now() - make_interval(days => workspaces.retention_days)
				and not exists (select from show_retention where show_retention.show_id = shows.id)
			union all
			select shows.id, shows.ended_at, show_retention.days
			from show_retention
			inner join shows on shows.id = show_retention.show_id
			where show_retention.finished_at is null and shows.ended_at is not null
		) as due
		${after ? sql`where (due.ended_at, due.id) > (${after.endedAt}::timestamptz, ${after.id}::uuid)` : sql``}
		order by due.ended_at, due.id
		limit ${limit}
	`.execute(db);
	return rows;
}

/** What a retention would remove now. */
export type RetentionPreview = {
	readonly comments: number;
	/** Accounts that wrote them. */
	readonly people: number;
	readonly shows: number;
};

/**
 * Counts what would go now if the workspace kept comments of non-buyers for so many days. Reads who wrote
 * them, not what, show by show (index `comments_author`).
 */
export async function previewRetention(
	db: Db,
	workspaceId: string,
	days: number
): Promise<RetentionPreview> {
	const { rows } = await sql<{ comments: string; people: string; shows: string }>`
		select coalesce(sum(written.comments), 0) as comments, count(distinct shows.id) as shows,
			count(distinct (written.platform, written.user_id))
				filter (where written.user_id is not null and not written.from_page) as people
		from shows
		cross join lateral (
			select comments.platform, comments.user_id, comments.from_page, count(*) as comments
			from comments
			where comments.show_id = shows.id and comments.removed is null
			group by comments.platform, comments.user_id, comments.from_page
		) as written
		where shows.workspace_id = ${workspaceId} and shows.status = 'ended'
			and shows.ended_at < now() - make_interval(days => ${days}::int)
			and not exists (
				select from show_retention
				where show_retention.show_id = shows.id and show_retention.finished_at is not null
			)
			and not exists (
				select from claims
				where claims.show_id = shows.id
					and claims.buyer_key = written.platform || ':' || written.user_id
			)
	`.execute(db);
	const [row] = rows;
	return {
		comments: Number(row?.comments ?? 0),
		people: Number(row?.people ?? 0),
		shows: Number(row?.shows ?? 0)
	};
}

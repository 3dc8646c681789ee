import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** Bounds of a workspace's retention, in days. */
export const MIN_RETENTION_DAYS = 1;
export const MAX_RETENTION_DAYS = 3_650;

/** A show whose comments of non-buyers have been kept for long enough. */
export type DueShow = {
	readonly id: string;
	readonly endedAt: Date;
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
	const rows = await sql<{ id: string; ended_at: Date; days: number }>`
		select due.id, due.ended_at, due.days from (
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
		${after ? sql`where (due.ended_at, due.id) > (${after.endedAt}, ${after.id}::uuid)` : sql``}
		order by due.ended_at, due.id
		limit ${limit}
	`.execute(db);
	return rows.rows.map(({ id, ended_at: endedAt, days }) => ({ id, endedAt, days }));
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
 * them, not what (index `comments_author`).
 */
export async function previewRetention(
	db: Db,
	workspaceId: string,
	days: number
): Promise<RetentionPreview> {
	const { rows } = await sql<{ comments: string; people: string; shows: string }>`
		with written as (
			select comments.show_id, comments.platform, comments.user_id, comments.from_page,
				count(*) as comments
			from shows
			inner join comments on comments.show_id = shows.id
			where shows.workspace_id = ${workspaceId} and shows.status = 'ended'
				and shows.ended_at < now() - make_interval(days => ${days}::int)
				and comments.removed is null
				and not exists (
					select from show_retention
					where show_retention.show_id = shows.id and show_retention.finished_at is not null
				)
			group by comments.show_id, comments.platform, comments.user_id, comments.from_page
		)
		select coalesce(sum(comments), 0) as comments, count(distinct show_id) as shows,
			count(distinct (platform, user_id))
				filter (where user_id is not null and not from_page) as people
		from written
		where not exists (
			select from claims
			where claims.show_id = written.show_id
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

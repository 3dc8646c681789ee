import { sql } from 'kysely';
import type { Db } from '../database.ts';
import { peopleAmong } from './people-count.ts';
import type { WorkspaceScope } from './scope.ts';

/** What a workspace sold lately. Rehearsals don't count. */
export type WorkspaceFigures = {
	/** Days that the figures cover, up to now. */
	readonly days: number;
	readonly shows: number;
	readonly unitsSold: number;
	/** People who hold a unit; linked accounts are one person. */
	readonly buyers: number;
	readonly comments: number;
};

const DAYS = 30;

/** Figures of the shows that started in the last 30 days. */
export async function workspaceFigures(db: Db, scope: WorkspaceScope): Promise<WorkspaceFigures> {
	const row = await db
		.with('recent', (recent) =>
			recent
				.selectFrom('shows')
				.select(['id', 'comment_count'])
				.where('workspace_id', '=', scope.workspaceId)
				.where('is_rehearsal', '=', false)
				.where('started_at', '>', sql<Date>`now() - make_interval(days => ${DAYS})`)
		)
		.selectNoFrom((eb) => [
			eb.selectFrom('recent').select(eb.fn.countAll<string>().as('count')).as('shows'),
			eb
				.selectFrom('claims')
				.where('show_id', 'in', eb.selectFrom('recent').select('id'))
				.where('state', '=', 'winner')
				.select(eb.fn.countAll<string>().as('count'))
				.as('units'),
			peopleAmong(
				scope.workspaceId,
				eb
					.selectFrom('claims')
					.where('show_id', 'in', eb.selectFrom('recent').select('id'))
					.where('state', '=', 'winner')
					.select('buyer_key')
					.distinct()
			).as('buyers'),
			eb
				.selectFrom('recent')
				.select(sql<string>`coalesce(sum(comment_count), 0)`.as('count'))
				.as('comments')
		])
		.executeTakeFirstOrThrow();
	return {
		days: DAYS,
		shows: Number(row.shows),
		unitsSold: Number(row.units),
		buyers: Number(row.buyers),
		comments: Number(row.comments)
	};
}

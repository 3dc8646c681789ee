import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import type { ScopedShow } from './scope.ts';

/** What retention has removed from a show. */
export type AppliedRetention = {
	/** Epoch ms. */
	readonly at: number;
	/** How long it was kept. */
	readonly days: number;
	/** Comments that lost their words, and the accounts that wrote them. */
	readonly comments: number;
	readonly people: number;
};

/** Null for a show from which nothing was removed (primary key). */
export async function readAppliedRetention(
	db: Kysely<Database>,
	show: ScopedShow
): Promise<AppliedRetention | null> {
	const row = await db
		.selectFrom('show_retention')
		.select(['finished_at', 'days', 'comments', 'people'])
		.where('show_id', '=', show.id)
		.executeTakeFirst();
	if (!row?.finished_at || !row.comments) return null;
	return {
		at: row.finished_at.getTime(),
		days: row.days,
		comments: row.comments,
		people: row.people ?? 0
	};
}

import { sql } from 'kysely';
import type { Db } from '../database.ts';
import type { WorkspaceScope } from './scope.ts';

export type TagInUse = { readonly tag: string; readonly people: number };

const MAX_TAGS_SHOWN = 200;

/** The workspace's tags, those of most people first. */
export async function listTags(db: Db, scope: WorkspaceScope): Promise<TagInUse[]> {
	const rows = await db
		.selectFrom('buyer_profiles')
		.innerJoinLateral(
			sql<{ tag: string }>`unnest(buyer_profiles.tags)`.as<'used'>(sql`used(tag)`),
			(join) => join.onTrue()
		)
		.select(['used.tag', sql<string>`count(*)`.as('people')])
		.where('buyer_profiles.workspace_id', '=', scope.workspaceId)
		.groupBy('used.tag')
		.orderBy(sql`count(*)`, 'desc')
		.orderBy('used.tag')
		.limit(MAX_TAGS_SHOWN)
		.execute();
	return rows.map(({ tag, people }) => ({ tag, people: Number(people) }));
}

import { sql } from 'kysely';
import type { Db } from '../database.ts';
import { namesOfActors } from './audit-names.ts';
import type { ActorName } from './audit-names.ts';
import type { WorkspaceScope } from './scope.ts';

/** What the audit log can be narrowed to. */
export type AuditChoices = {
	readonly actors: readonly ActorName[];
	readonly kinds: readonly string[];
	/** The newest ones. */
	readonly shows: readonly { readonly id: string; readonly name: string }[];
};

/** Shows that are offered. */
const MAX_SHOWS = 200;

/** The distinct values of a column that an index leads with, one probe each instead of reading every entry. */
async function distinctValues(
	db: Db,
	scope: WorkspaceScope,
	column: 'actor' | 'kind'
): Promise<string[]> {
	const name = sql.ref(column);
	const { rows } = await sql<{ value: string }>`
		with recursive known (value) as (
			(select min(${name}) from audit_log where workspace_id = ${scope.workspaceId})
			union all
			select (
				select min(${name}) from audit_log
				where workspace_id = ${scope.workspaceId} and ${name} > known.value
			) from known where known.value is not null
		)
		select value from known where value is not null
	`.execute(db);
	return rows.map(({ value }) => value);
}

/** What occurs in the workspace's audit log, for choosing from. */
export async function auditChoices(db: Db, scope: WorkspaceScope): Promise<AuditChoices> {
	const names = await namesOfActors(db, scope, await distinctValues(db, scope, 'actor'));
	const shows = await db
		.selectFrom('shows')
		.select(['id', 'name'])
		.where('workspace_id', '=', scope.workspaceId)
		.orderBy('created_at', 'desc')
		.orderBy('id', 'desc')
		.limit(MAX_SHOWS)
		.execute();
	return {
		actors: [...names.values()].sort((a, b) => a.name.localeCompare(b.name, 'en')),
		kinds: await distinctValues(db, scope, 'kind'),
		shows
	};
}

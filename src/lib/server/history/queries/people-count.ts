import { sql } from 'kysely';
import type { Expression, RawBuilder } from 'kysely';

/**
 * How many people these buyers are, for a workspace that has linked some of them. `buyers`: a query that
 * gives each `buyer_key` once (index of the primary key of `buyer_identities`).
 */
export function peopleAmong(
	workspaceId: string,
	buyers: Expression<{ buyer_key: string }>
): RawBuilder<string> {
	return sql<string>`(
		select count(distinct coalesce(identities.profile_id::text, buyers.buyer_key))
		from (${buyers}) as buyers
		left join buyer_identities as identities
			on identities.workspace_id = ${workspaceId} and identities.buyer_key = buyers.buyer_key
	)`;
}

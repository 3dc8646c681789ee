import { sql } from 'kysely';
import type { Kysely } from 'kysely';

// What workspaces note about buyers. Claims stay as they are: these tables only stand beside them.

export async function up(db: Kysely<unknown>): Promise<void> {
	await sql`
		create table buyer_profiles (
			id uuid primary key,
			workspace_id uuid not null references workspaces on delete cascade,
			note text not null default '',
			tags text[] not null default '{}',
			blocked_at timestamptz,
			created_at timestamptz not null default now(),
			updated_at timestamptz not null default now(),
			unique (workspace_id, id)
		)
	`.execute(db);
	await sql`
		create trigger buyer_profiles_updated_at before update on buyer_profiles
		for each row execute function set_updated_at()
	`.execute(db);

	// A buyer belongs to at most one person, and to one of the same workspace: links know no circles.
	await sql`
		create table buyer_identities (
			workspace_id uuid not null,
			buyer_key text not null,
			profile_id uuid not null,
			created_at timestamptz not null default now(),
			primary key (workspace_id, buyer_key),
			foreign key (workspace_id, profile_id)
				references buyer_profiles (workspace_id, id) on delete cascade
		)
	`.execute(db);
	await sql`
		create index buyer_identities_profile on buyer_identities (profile_id, created_at)
	`.execute(db);

	await sql`
		create table block_lists (
			workspace_id uuid primary key references workspaces on delete cascade,
			version bigint not null
		)
	`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
	await sql`drop table if exists block_lists, buyer_identities, buyer_profiles`.execute(db);
}

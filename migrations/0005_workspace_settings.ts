import { sql } from 'kysely';
import type { Kysely } from 'kysely';

// What a workspace has chosen, who is invited to it, and which workspace a session works in.

export async function up(db: Kysely<unknown>): Promise<void> {
	await sql`
		alter table workspaces
			add column time_zone text not null default 'UTC',
			add column claim_word text not null default 'sold',
			add column pass_word text not null default 'pass',
			add column poll_seconds integer check (poll_seconds between 2 and 10),
			add column sounds boolean not null default false,
			add column retention_days integer check (retention_days > 0),
			add constraint workspaces_words_differ check (claim_word <> pass_word)
	`.execute(db);

	// Null: the workspace that the person joined first.
	await sql`
		alter table sessions
			add column workspace_id uuid references workspaces on delete set null
	`.execute(db);
	await sql`create index sessions_workspace on sessions (workspace_id)`.execute(db);

	// Only a hash of the token is stored: whoever reads a backup can't join with it. An invite that was
	// used is deleted; the audit log keeps that it was. Nobody becomes an owner by a link.
	await sql`
		create table invites (
			id uuid primary key,
			workspace_id uuid not null references workspaces on delete cascade,
			token_hash text not null unique,
			role text not null check (role in ('operator', 'viewer')),
			created_by uuid not null references users on delete cascade,
			expires_at timestamptz not null,
			created_at timestamptz not null default now(),
			updated_at timestamptz not null default now()
		)
	`.execute(db);
	await sql`create index invites_workspace on invites (workspace_id, created_at desc)`.execute(db);
	await sql`create index invites_creator on invites (created_by)`.execute(db);
	await sql`
		create trigger invites_updated_at before update on invites
		for each row execute function set_updated_at()
	`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
	await sql`drop table if exists invites`.execute(db);
	await sql`alter table sessions drop column if exists workspace_id`.execute(db);
	await sql`
		alter table workspaces
			drop column if exists time_zone,
			drop column if exists claim_word,
			drop column if exists pass_word,
			drop column if exists poll_seconds,
			drop column if exists sounds,
			drop column if exists retention_days
	`.execute(db);
}

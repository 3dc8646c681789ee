import { sql } from 'kysely';
import type { Kysely } from 'kysely';

// Words and names that go: after a while (retention), and when somebody asks for it (erasure). Rows stay,
// so that no figure changes: see docs/decisions/0016-personal-data.md.

export async function up(db: Kysely<unknown>): Promise<void> {
	await sql`
		alter table comments
			add column removed text check (removed in ('retention', 'erasure'))
	`.execute(db);
	// Whose comments they are: read alone when comments of non-buyers are counted, and to find one person's.
	await sql`
		create index comments_author on comments (show_id, platform, user_id)
		include (from_page, removed)
	`.execute(db);

	// Whoever keeps states of a show in memory sees by it that the log is not the one that they have read.
	await sql`alter table shows add column rewrites integer not null default 0`.execute(db);
	await sql`
		create index shows_ended_of on shows (workspace_id, ended_at) where status = 'ended'
	`.execute(db);

	await sql`
		alter table workspaces
			add constraint workspaces_retention_bounds check (retention_days <= 3650)
	`.execute(db);
	// A show whose comments of non-buyers are being removed, or were. The key makes pseudonyms that are the
	// same for the same person of the show; it is thrown away at the end, so that nobody can compute one.
	await sql`
		create table show_retention (
			show_id uuid primary key references shows on delete cascade,
			days integer not null,
			pseudonym_key bytea,
			done_seq bigint not null default 0,
			comments integer,
			people integer,
			finished_at timestamptz,
			created_at timestamptz not null default now(),
			updated_at timestamptz not null default now(),
			check ((finished_at is null) = (pseudonym_key is not null))
		)
	`.execute(db);
	await sql`
		create index show_retention_begun on show_retention (show_id) where finished_at is null
	`.execute(db);
	await sql`
		create trigger show_retention_updated_at before update on show_retention
		for each row execute function set_updated_at()
	`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
	await sql`drop table if exists show_retention`.execute(db);
	await sql`
		alter table workspaces drop constraint if exists workspaces_retention_bounds
	`.execute(db);
	await sql`drop index if exists shows_ended_of, comments_author`.execute(db);
	await sql`alter table shows drop column if exists rewrites`.execute(db);
	await sql`alter table comments drop column if exists removed`.execute(db);
}

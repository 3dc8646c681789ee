import { sql } from 'kysely';
import type { Kysely } from 'kysely';

// Connections to platforms, and which broadcast of theirs a show listens to.

export async function up(db: Kysely<unknown>): Promise<void> {
	// A platform does not always say who wrote a comment.
	await sql`alter table comments alter column user_id drop not null`.execute(db);
	await sql`alter table comments add column from_page boolean not null default false`.execute(db);
	await sql`alter table channels add column reason text`.execute(db);

	await sql`
		create table connections (
			id uuid primary key,
			workspace_id uuid not null references workspaces on delete cascade,
			platform text not null check (platform in ('facebook', 'instagram')),
			login text not null check (login in ('facebook', 'instagram')),
			account_id text not null,
			alternate_id text,
			account_name text not null,
			page_id text,
			grantor_id text not null,
			token text not null,
			user_token text,
			token_version integer not null default 1,
			token_issued_at timestamptz not null,
			token_expires_at timestamptz,
			data_access_expires_at timestamptz,
			missing_permissions text[] not null default '{}',
			health text not null default 'unknown'
				check (health in ('unknown', 'ok', 'expiring', 'degraded', 'needs_reauth')),
			health_detail text,
			checked_at timestamptz,
			webhooks boolean not null default false,
			created_at timestamptz not null default now(),
			updated_at timestamptz not null default now(),
			unique (workspace_id, platform, account_id)
		)
	`.execute(db);
	await sql`create index connections_account on connections (platform, account_id)`.execute(db);
	await sql`create index connections_grantor on connections (login, grantor_id)`.execute(db);

	await sql`
		create table channel_sources (
			id uuid primary key,
			show_id uuid not null references shows on delete cascade,
			connection_id uuid references connections on delete set null,
			platform text not null,
			account_id text not null,
			account_name text not null,
			live_id text not null,
			video_id text,
			title text,
			stopped_at timestamptz,
			closed_at timestamptz,
			close_reason text check (close_reason in ('live_ended', 'show_ended')),
			created_at timestamptz not null default now(),
			updated_at timestamptz not null default now(),
			unique (show_id, platform, live_id)
		)
	`.execute(db);
	await sql`
		create index channel_sources_open on channel_sources (platform, account_id)
		where closed_at is null
	`.execute(db);
	await sql`
		create index channel_sources_connection on channel_sources (connection_id)
	`.execute(db);

	// Shows that take up whatever an account broadcasts next.
	await sql`
		create table channel_watches (
			show_id uuid not null references shows on delete cascade,
			connection_id uuid not null references connections on delete cascade,
			created_at timestamptz not null default now(),
			primary key (show_id, connection_id)
		)
	`.execute(db);
	await sql`
		create index channel_watches_connection on channel_watches (connection_id)
	`.execute(db);

	for (const table of ['connections', 'channel_sources']) {
		await sql`
			create trigger ${sql.id(`${table}_updated_at`)} before update on ${sql.table(table)}
			for each row execute function set_updated_at()
		`.execute(db);
	}
}

export async function down(db: Kysely<unknown>): Promise<void> {
	await sql`drop table if exists channel_watches, channel_sources, connections`.execute(db);
	await sql`alter table channels drop column if exists reason`.execute(db);
	await sql`alter table comments drop column if exists from_page`.execute(db);
	await sql`delete from comments where user_id is null`.execute(db);
	await sql`alter table comments alter column user_id set not null`.execute(db);
}

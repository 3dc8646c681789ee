import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Tables that people and settings live in, and the durable side of a show's log. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await sql`
		create function set_updated_at() returns trigger language plpgsql as $$
		begin
			new.updated_at := now();
			return new;
		end $$
	`.execute(db);

	await sql`
		create table workspaces (
			id uuid primary key,
			name text not null,
			created_at timestamptz not null default now(),
			updated_at timestamptz not null default now()
		)
	`.execute(db);

	await sql`
		create table users (
			id uuid primary key,
			email text not null,
			name text not null,
			password_hash text not null,
			created_at timestamptz not null default now(),
			updated_at timestamptz not null default now()
		)
	`.execute(db);
	// Two spellings of one address are one account.
	await sql`create unique index users_email on users (lower(email))`.execute(db);

	await sql`
		create table sessions (
			id text primary key,
			user_id uuid not null references users on delete cascade,
			expires_at timestamptz not null,
			created_at timestamptz not null default now(),
			updated_at timestamptz not null default now()
		)
	`.execute(db);
	await sql`create index sessions_user on sessions (user_id)`.execute(db);
	await sql`create index sessions_expiry on sessions (expires_at)`.execute(db);

	await sql`
		create table members (
			id uuid primary key,
			workspace_id uuid not null references workspaces on delete cascade,
			user_id uuid not null references users on delete cascade,
			role text not null check (role in ('owner', 'operator', 'viewer')),
			created_at timestamptz not null default now(),
			updated_at timestamptz not null default now(),
			unique (workspace_id, user_id)
		)
	`.execute(db);
	await sql`create index members_user on members (user_id, created_at)`.execute(db);

	// (epoch, last_seq) is the cursor of the durable log: which events of which history are in Postgres.
	await sql`
		create table shows (
			id uuid primary key,
			workspace_id uuid not null references workspaces on delete cascade,
			name text not null,
			status text not null default 'draft' check (status in ('draft', 'active', 'paused', 'ended')),
			claim_word text not null,
			pass_word text not null,
			is_rehearsal boolean not null default false,
			showing integer,
			epoch text not null,
			last_seq bigint not null default 0,
			comment_count bigint not null default 0,
			started_at timestamptz,
			ended_at timestamptz,
			created_at timestamptz not null default now(),
			updated_at timestamptz not null default now()
		)
	`.execute(db);
	await sql`create index shows_workspace on shows (workspace_id, created_at desc, id desc)`.execute(
		db
	);
	await sql`create index shows_open on shows (updated_at) where status <> 'ended'`.execute(db);
	await sql`create index shows_ended on shows (ended_at) where status = 'ended'`.execute(db);

	await sql`
		create table items (
			id uuid primary key,
			show_id uuid not null references shows on delete cascade,
			number integer not null,
			title text not null,
			quantity integer not null check (quantity >= 0),
			state text not null check (state in ('open', 'closed')),
			changed_seq bigint not null default 0,
			removed_at timestamptz,
			created_at timestamptz not null default now(),
			updated_at timestamptz not null default now()
		)
	`.execute(db);
	await sql`
		create unique index items_number on items (show_id, number) where removed_at is null
	`.execute(db);

	await sql`
		create table channels (
			id uuid primary key,
			show_id uuid not null references shows on delete cascade,
			platform text not null,
			live_id text not null,
			status text not null,
			detail text,
			created_at timestamptz not null default now(),
			updated_at timestamptz not null default now()
		)
	`.execute(db);
	await sql`create index channels_show on channels (show_id, created_at)`.execute(db);

	await sql`
		create table claims (
			id uuid primary key,
			show_id uuid not null references shows on delete cascade,
			item_id uuid not null references items,
			item_number integer not null,
			buyer_key text not null,
			platform text not null,
			user_id text not null,
			handle text not null,
			display_name text,
			state text not null check (state in ('winner', 'waitlist', 'released')),
			rank bigint not null,
			created_seq bigint not null,
			won_seq bigint,
			claimed_at timestamptz not null,
			promoted_at timestamptz,
			released_at timestamptz,
			created_at timestamptz not null default now(),
			updated_at timestamptz not null default now()
		)
	`.execute(db);
	// The rule that a buyer holds an item once, kept by the database as well.
	await sql`
		create unique index claims_active on claims (show_id, item_number, buyer_key)
		where state <> 'released'
	`.execute(db);
	await sql`create index claims_show on claims (show_id, created_seq desc)`.execute(db);
	await sql`create index claims_buyer on claims (show_id, buyer_key, created_seq)`.execute(db);
	await sql`create index claims_item on claims (item_id)`.execute(db);

	await sql`
		create table comments (
			show_id uuid not null references shows on delete cascade,
			seq bigint not null,
			platform text not null,
			live_id text not null,
			comment_id text not null,
			user_id text not null,
			handle text not null,
			display_name text,
			text text not null,
			posted_at timestamptz,
			received_at timestamptz not null,
			intent text,
			item_number integer,
			outcome text not null,
			claim_id uuid,
			position integer,
			created_at timestamptz not null default now(),
			updated_at timestamptz not null default now(),
			primary key (show_id, seq)
		)
	`.execute(db);
	// The rule that a comment counts once, kept by the database as well.
	await sql`
		create index comments_intents on comments (show_id, seq) where intent is not null
	`.execute(db);
	await sql`
		create unique index comments_identity on comments (show_id, platform, comment_id)
	`.execute(db);

	await sql`
		create table events (
			show_id uuid not null references shows on delete cascade,
			seq bigint not null,
			epoch text not null,
			at timestamptz not null,
			type text not null,
			item_number integer,
			data jsonb not null,
			created_at timestamptz not null default now(),
			primary key (show_id, seq)
		)
	`.execute(db);
	await sql`
		create index events_item on events (show_id, item_number, seq)
		where item_number is not null and type <> 'comment.received'
	`.execute(db);
	await sql`
		create index events_rare on events (show_id, seq) where type <> 'comment.received'
	`.execute(db);

	await sql`
		create table audit_log (
			id uuid primary key default gen_random_uuid(),
			workspace_id uuid not null references workspaces on delete cascade,
			show_id uuid references shows on delete cascade,
			seq bigint,
			actor text not null,
			action text not null,
			target text not null,
			details jsonb not null,
			at timestamptz not null,
			created_at timestamptz not null default now()
		)
	`.execute(db);
	await sql`create index audit_log_workspace on audit_log (workspace_id, at desc, id)`.execute(db);
	await sql`create unique index audit_log_event on audit_log (show_id, seq)`.execute(db);

	for (const table of [
		'workspaces',
		'users',
		'sessions',
		'members',
		'shows',
		'items',
		'channels',
		'claims',
		'comments'
	]) {
		await sql`
			create trigger ${sql.id(`${table}_updated_at`)} before update on ${sql.table(table)}
			for each row execute function set_updated_at()
		`.execute(db);
	}
}

export async function down(db: Kysely<unknown>): Promise<void> {
	await sql`
		drop table if exists audit_log, events, comments, claims, channels, items, shows, members,
			sessions, users, workspaces
	`.execute(db);
	await sql`drop function if exists set_updated_at`.execute(db);
}

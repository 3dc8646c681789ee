import { sql } from 'kysely';
import type { Kysely } from 'kysely';

// What the audit log holds stays as it was written. The lists that people read of it get an order of their
// own: several entries of one action have the same time.

export async function up(db: Kysely<unknown>): Promise<void> {
	// `entry` is the order of writing. `kind` is what an action is about: the word before the dot of
	// `item.added`; what operators do to claims has none.
	await sql`
		alter table audit_log
			add column entry bigint generated always as identity,
			add column kind text not null generated always as (
				case when strpos(action, '.') = 0 then 'claim' else split_part(action, '.', 1) end
			) stored
	`.execute(db);
	await sql`create unique index audit_log_entry on audit_log (entry)`.execute(db);
	await sql`drop index audit_log_workspace`.execute(db);
	await sql`
		create index audit_log_newest on audit_log (workspace_id, at desc, entry desc)
	`.execute(db);
	await sql`
		create index audit_log_actor on audit_log (workspace_id, actor, at desc, entry desc)
	`.execute(db);
	await sql`
		create index audit_log_kind on audit_log (workspace_id, kind, at desc, entry desc)
	`.execute(db);
	await sql`create index audit_log_show on audit_log (show_id, at desc, entry desc)`.execute(db);

	// A transaction that erases a workspace or a person says so: set_config('sellary.erasing', 'on', true).
	await sql`
		create function keep_audit_log() returns trigger language plpgsql as $$
		begin
			if coalesce(current_setting('sellary.erasing', true), '') in ('', 'off') then
				raise exception 'audit_log is append-only: % refused', tg_op
					using errcode = 'integrity_constraint_violation',
						hint = 'Erasing a workspace or a person sets sellary.erasing for its transaction.';
			end if;
			if tg_op = 'DELETE' then
				return old;
			end if;
			return new;
		end $$
	`.execute(db);
	await sql`
		create trigger audit_log_append_only before update or delete on audit_log
		for each row execute function keep_audit_log()
	`.execute(db);
	await sql`
		create trigger audit_log_no_truncate before truncate on audit_log
		for each statement execute function keep_audit_log()
	`.execute(db);
	// Also where triggers of the ordinary kind are off, as for a replication role.
	await sql`alter table audit_log enable always trigger audit_log_append_only`.execute(db);
	await sql`alter table audit_log enable always trigger audit_log_no_truncate`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
	await sql`drop trigger if exists audit_log_append_only on audit_log`.execute(db);
	await sql`drop trigger if exists audit_log_no_truncate on audit_log`.execute(db);
	await sql`drop function if exists keep_audit_log`.execute(db);
	await sql`alter table audit_log drop column if exists entry, drop column if exists kind`.execute(
		db
	);
	await sql`create index audit_log_workspace on audit_log (workspace_id, at desc, id)`.execute(db);
}

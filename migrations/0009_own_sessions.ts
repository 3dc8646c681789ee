import { sql } from 'kysely';
import type { Kysely } from 'kysely';

// By what people know their own sessions. Null: the session was last used by a version that did not note it.

export async function up(db: Kysely<unknown>): Promise<void> {
	await sql`
		alter table sessions
			add column device text check (char_length(device) between 1 and 60),
			add column last_used_at timestamptz
	`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
	await sql`
		alter table sessions drop column if exists device, drop column if exists last_used_at
	`.execute(db);
}

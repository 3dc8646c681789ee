import { sql } from 'kysely';
import type { Kysely } from 'kysely';

// What a show has chosen for itself, in place of its workspace's choice. Null: as the workspace has it.

export async function up(db: Kysely<unknown>): Promise<void> {
	await sql`
		alter table shows
			add column poll_seconds integer check (poll_seconds between 2 and 10),
			add column sounds boolean
	`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
	await sql`
		alter table shows drop column if exists poll_seconds, drop column if exists sounds
	`.execute(db);
}

import { sql } from 'kysely';
import type { Kysely } from 'kysely';

// What the summary of a show reads of its log, without the bulk of it: see history/queries/summary*.ts.

export async function up(db: Kysely<unknown>): Promise<void> {
	// Counts of comments over time come from the index alone.
	await sql`
		create index events_comment_times on events (show_id, at) where type = 'comment.received'
	`.execute(db);
	// Items, states of the show and given-up claims: few beside comments and claims.
	await sql`
		create index events_turns on events (show_id, type, seq)
		where type in ('claim.released', 'item.updated', 'session.status')
	`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
	await sql`drop index if exists events_turns, events_comment_times`.execute(db);
}

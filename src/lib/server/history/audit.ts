import { sql } from 'kysely';
import type { Db } from './database.ts';

/** Something that a member did which is no event of a show's log. */
export type AuditEntry = {
	readonly workspaceId: string;
	readonly showId: string | null;
	readonly actor: string;
	readonly action: string;
	readonly target: string;
	/** Facts; no secrets. */
	readonly details: Readonly<Record<string, unknown>>;
};

/** Adds an entry to the audit log. What events tell is added by the write-behind (write-batch.ts). */
export async function recordAudit(db: Db, entry: AuditEntry): Promise<void> {
	await db
		.insertInto('audit_log')
		.values({
			workspace_id: entry.workspaceId,
			show_id: entry.showId,
			actor: entry.actor,
			action: entry.action,
			target: entry.target,
			details: JSON.stringify(entry.details),
			at: new Date()
		})
		.execute();
}

/**
 * Lets the transaction change and delete entries, which Postgres refuses otherwise (migration 0003): for
 * erasing a whole workspace, or one person's data. Ends with the transaction.
 */
export async function allowErasing(tx: Db): Promise<void> {
	await sql`select set_config('sellary.erasing', 'on', true)`.execute(tx);
}

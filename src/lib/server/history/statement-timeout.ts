import { sql } from 'kysely';
import type { QueryExecutorProvider } from 'kysely';

/**
 * How long Postgres works on one statement before it gives up (SQLSTATE 57014, which callers get as
 * `UNAVAILABLE`). People wait for these, and each holds a connection that others wait for.
 */
export const STATEMENT_TIMEOUT_MS = 10_000;
/** For work that is larger than a page: writing history, rebuilding shows, summaries, deleting workspaces. */
export const LONG_STATEMENT_TIMEOUT_MS = 120_000;
/** A transaction whose owner has stopped asking holds locks and old rows: it is ended. */
export const IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000;

/** Lets the statements of this transaction take long. */
export async function allowLongStatements(transaction: QueryExecutorProvider): Promise<void> {
	await sql`set local statement_timeout = ${sql.lit(LONG_STATEMENT_TIMEOUT_MS)}`.execute(
		transaction
	);
}

/** Lets the statements of `work` take long on a connection that is held, outside a transaction. */
export async function withLongStatements<Result>(
	connection: QueryExecutorProvider,
	work: () => Promise<Result>
): Promise<Result> {
	await sql`set statement_timeout = ${sql.lit(LONG_STATEMENT_TIMEOUT_MS)}`.execute(connection);
	try {
		return await work();
	} finally {
		await sql`reset statement_timeout`.execute(connection);
	}
}

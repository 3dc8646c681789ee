import { sql } from 'kysely';
import type { Transaction } from 'kysely';
import type { Database, Db } from './database.ts';

/** Runs a transaction while no other of the same name runs, in any process; the next waits for its end. */
export async function alone<Result>(
	db: Db,
	name: string,
	work: (tx: Transaction<Database>) => Promise<Result>
): Promise<Result> {
	return await db.transaction().execute(async (tx) => {
		await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx);
		return await work(tx);
	});
}

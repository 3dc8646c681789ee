import { sql } from 'kysely';
import type { Db } from './database.ts';

/**
 * The shows whose stream may hold what Postgres has not got yet: those that have not ended, and those that
 * ended within the hour. The caller selects what it wants of them.
 */
export function unsettledShows(db: Db) {
	return db
		.selectFrom('shows')
		.where((where) =>
			where.or([
				where('status', '<>', 'ended'),
				where('ended_at', '>', sql<Date>`now() - interval '1 hour'`)
			])
		);
}

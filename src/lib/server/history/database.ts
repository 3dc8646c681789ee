import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { guardPool, postgresSocket } from './guarded-pool.ts';
import { IDLE_IN_TRANSACTION_TIMEOUT_MS, STATEMENT_TIMEOUT_MS } from './statement-timeout.ts';
import type { BlockListsTable, BuyerIdentitiesTable, BuyerProfilesTable } from './tables/buyers.ts';
import type {
	ChannelSourcesTable,
	ChannelWatchesTable,
	ConnectionsTable
} from './tables/channels.ts';
import type { AuditLogTable, ClaimsTable, CommentsTable, EventsTable } from './tables/log.ts';
import type {
	InvitesTable,
	MembersTable,
	SessionsTable,
	UsersTable,
	WorkspacesTable
} from './tables/people.ts';
import type { ChannelsTable, ItemsTable, ShowRetentionTable, ShowsTable } from './tables/shows.ts';

export { migrateToLatest, missingMigrations } from './migrator.ts';

export type Database = {
	workspaces: WorkspacesTable;
	users: UsersTable;
	sessions: SessionsTable;
	members: MembersTable;
	invites: InvitesTable;
	shows: ShowsTable;
	show_retention: ShowRetentionTable;
	items: ItemsTable;
	channels: ChannelsTable;
	claims: ClaimsTable;
	comments: CommentsTable;
	events: EventsTable;
	audit_log: AuditLogTable;
	connections: ConnectionsTable;
	channel_sources: ChannelSourcesTable;
	channel_watches: ChannelWatchesTable;
	buyer_profiles: BuyerProfilesTable;
	buyer_identities: BuyerIdentitiesTable;
	block_lists: BlockListsTable;
};

export type Db = Kysely<Database>;

export type DatabaseConfig = {
	readonly url: string;
	/** Most connections of this process. */
	readonly poolSize: number;
	/** How long a statement may take, 0 for ever; 10 s unless given (statement-timeout.ts). */
	readonly statementTimeoutMs?: number;
};

/** Opens a pool. Errors of idle connections go to `onError`: unheard, a failover would end the process. */
export function openPool(config: DatabaseConfig, onError: (error: Error) => void): pg.Pool {
	const pool = new pg.Pool({
		connectionString: config.url,
		max: config.poolSize,
		connectionTimeoutMillis: 5_000,
		idleTimeoutMillis: 30_000,
		keepAlive: true,
		statement_timeout: config.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
		idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
		// What may take for ever, as the building of an index, says nothing meanwhile.
		stream: () => postgresSocket(config.statementTimeoutMs === 0 ? 0 : undefined),
		application_name: 'sellary'
	});
	pool.on('error', onError);
	// The pool listens to idle connections only. One that breaks while it is held, for a lock or between
	// two queries of a transaction, would end the process as well.
	pool.on('connect', (client) => client.on('error', onError));
	return pool;
}

/** Queries through the pool, within its bounds (guarded-pool.ts); destroying it ends the pool. */
export function databaseOf(pool: pg.Pool, poolSize: number): Db {
	const dialect = new PostgresDialect({ pool: guardPool(pool, poolSize) });
	return new Kysely<Database>({ dialect });
}

/** A database with a pool of its own: see `openPool`. */
export function connectDatabase(config: DatabaseConfig, onError: (error: Error) => void): Db {
	return databaseOf(openPool(config, onError), config.poolSize);
}

/** Throws when Postgres does not answer. */
export async function pingDatabase(db: Db): Promise<void> {
	await sql`select 1`.execute(db);
}

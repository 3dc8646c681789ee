import { join } from 'node:path';
import { readdirSync } from 'node:fs';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Migration } from 'kysely/migration';
import pg from 'pg';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { guardPool, postgresSocket } from './guarded-pool.ts';
import { IDLE_IN_TRANSACTION_TIMEOUT_MS, STATEMENT_TIMEOUT_MS } from './statement-timeout.ts';
import { projectRoot } from '../project-root.ts';
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
import type { ChannelsTable, ItemsTable, ShowsTable } from './tables/shows.ts';

export type Database = {
	workspaces: WorkspacesTable;
	users: UsersTable;
	sessions: SessionsTable;
	members: MembersTable;
	invites: InvitesTable;
	shows: ShowsTable;
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
export function connectDatabase(config: DatabaseConfig, onError: (error: Error) => void): Db {
	const pool = new pg.Pool({
		connectionString: config.url,
		max: config.poolSize,
		connectionTimeoutMillis: 5_000,
		idleTimeoutMillis: 30_000,
		keepAlive: true,
		statement_timeout: config.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
		idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
		stream: () => postgresSocket(),
		application_name: 'sellary'
	});
	pool.on('error', onError);
	// The pool listens to idle connections only. One that breaks while it is held, for a lock or between
	// two queries of a transaction, would end the process as well.
	pool.on('connect', (client) => client.on('error', onError));
	const dialect = new PostgresDialect({ pool: guardPool(pool, config.poolSize) });
	return new Kysely<Database>({ dialect });
}

const migrationSchema = z.object({
	up: z.custom<Migration['up']>((value) => typeof value === 'function'),
	down: z.custom<NonNullable<Migration['down']>>((value) => typeof value === 'function')
});

async function readMigrations(): Promise<Record<string, Migration>> {
	const folder = join(projectRoot(), 'migrations');
	const migrations: Record<string, Migration> = {};
	for (const file of readdirSync(folder)
		.filter((name) => name.endsWith('.ts'))
		.sort()) {
		const url = pathToFileURL(join(folder, file)).href;
		migrations[file.slice(0, -'.ts'.length)] = migrationSchema.parse(
			await import(/* @vite-ignore */ url)
		);
	}
	return migrations;
}

/**
 * Brings the schema up to date; safe to run from several processes at once. Returns the names of the
 * migrations that ran.
 */
export async function migrateToLatest(db: Db): Promise<string[]> {
	const migrator = new Migrator({ db, provider: { getMigrations: readMigrations } });
	const { error, results } = await migrator.migrateToLatest();
	if (error !== undefined) throw error;
	return (results ?? []).map((result) => result.migrationName);
}

/** Names of migrations that the database still lacks. */
export async function pendingMigrations(db: Db): Promise<string[]> {
	const migrator = new Migrator({ db, provider: { getMigrations: readMigrations } });
	const migrations = await migrator.getMigrations();
	return migrations.filter((migration) => !migration.executedAt).map((migration) => migration.name);
}

/** Throws when Postgres does not answer. */
export async function pingDatabase(db: Db): Promise<void> {
	await sql`select 1`.execute(db);
}

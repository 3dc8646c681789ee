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
import type { ChannelsTable, ItemsTable, ShowRetentionTable, ShowsTable } from './tables/shows.ts';

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
		stream: () => postgresSocket(),
		application_name: 'sellary'
	});
	pool.on('error', onError);
	// The pool listens to idle connections only. One that breaks while it is held, for a lock or between
	// two queries of a transaction, would end the process as well.
	pool.on('connect', (client) => client.on('error', onError));
	return pool;
}

/** Queries through the pool, within its bounds (guard-pool.ts); destroying it ends the pool. */
export function databaseOf(pool: pg.Pool, poolSize: number): Db {
	const dialect = new PostgresDialect({ pool: guardPool(pool, poolSize) });
	return new Kysely<Database>({ dialect });
}

/** A database with a pool of its own: see `openPool`. */
export function connectDatabase(config: DatabaseConfig, onError: (error: Error) => void): Db {
	return databaseOf(openPool(config, onError), config.poolSize);
}

const migrationSchema = z.object({
	up: z.custom<Migration['up']>((value) => typeof value === 'function'),
	down: z.custom<NonNullable<Migration['down']>>((value) => typeof value === 'function')
});

function migrationNames(): string[] {
	return readdirSync(join(projectRoot(), 'migrations'))
		.filter((name) => name.endsWith('.ts'))
		.map((name) => name.slice(0, -'.ts'.length))
		.sort();
}

async function readMigrations(): Promise<Record<string, Migration>> {
	const folder = join(projectRoot(), 'migrations');
	const migrations: Record<string, Migration> = {};
	for (const name of migrationNames()) {
		const url = pathToFileURL(join(folder, `${name}.ts`)).href;
		migrations[name] = migrationSchema.parse(await import(/* @vite-ignore */ url));
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

const UNDEFINED_TABLE = '42P01';
const appliedSchema = z.array(z.object({ name: z.string() }));

/**
 * Names of migrations that this version needs and the database lacks. Newer ones don't count: while a new
 * version is rolled out the old one goes on.
 */
export async function missingMigrations(db: Db): Promise<string[]> {
	try {
		const { rows } = await sql`select name from kysely_migration`.execute(db);
		const applied = new Set(appliedSchema.parse(rows).map(({ name }) => name));
		return migrationNames().filter((name) => !applied.has(name));
	} catch (error) {
		const isNew = error instanceof pg.DatabaseError && error.code === UNDEFINED_TABLE;
		if (isNew) return migrationNames();
		throw error;
	}
}

/** Throws when Postgres does not answer. */
export async function pingDatabase(db: Db): Promise<void> {
	await sql`select 1`.execute(db);
}

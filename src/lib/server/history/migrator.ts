import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Migration } from 'kysely/migration';
import pg from 'pg';
import { z } from 'zod';
import { projectRoot } from '../project-root.ts';
import type { Db } from './database.ts';

/** A step of the schema (docs/operations/migrations.md). */
export type SchemaMigration = {
	readonly up: Migration['up'];
	readonly down: NonNullable<Migration['down']>;
	/** False: runs outside of a transaction, as `create index concurrently` must. */
	readonly transaction?: boolean | undefined;
};

export type SchemaMigrations = Readonly<Record<string, SchemaMigration>>;

/**
 * How long a migration waits for a lock. Whoever comes to the table after it waits as long, so this is what
 * a migration can cost those who work meanwhile.
 */
const LOCK_TIMEOUT_MS = 2_000;
/** Between two attempts to get it; those who waited go first. */
const LOCK_RETRY_MS = 1_000;
const LOCK_ATTEMPTS = 60;
/** Of an advisory lock: one run at a time. */
const RUN_LOCK = 'sellary:migrations';
const RUN_RETRY_MS = 200;

/** Codes of PostgreSQL. */
const LOCK_NOT_AVAILABLE = '55P03';
const UNDEFINED_TABLE = '42P01';

const migrationSchema = z.object({
	up: z.custom<SchemaMigration['up']>((value) => typeof value === 'function'),
	down: z.custom<SchemaMigration['down']>((value) => typeof value === 'function'),
	transaction: z.boolean().optional()
});
const appliedSchema = z.array(z.object({ name: z.string() }));
const lockSchema = z.array(z.object({ locked: z.boolean() }));

function migrationNames(): string[] {
	return readdirSync(join(projectRoot(), 'migrations'))
		.filter((name) => name.endsWith('.ts'))
		.map((name) => name.slice(0, -'.ts'.length))
		.sort();
}

/** The migrations of this version. */
export async function readMigrations(): Promise<SchemaMigrations> {
	const folder = join(projectRoot(), 'migrations');
	const migrations: Record<string, SchemaMigration> = {};
	for (const name of migrationNames()) {
		const url = pathToFileURL(join(folder, `${name}.ts`)).href;
		migrations[name] = migrationSchema.parse(await import(/* @vite-ignore */ url));
	}
	return migrations;
}

/** Empty where no migration ever ran. */
async function appliedMigrations(db: Db): Promise<Set<string>> {
	try {
		const { rows } = await sql`select name from kysely_migration`.execute(db);
		return new Set(appliedSchema.parse(rows).map(({ name }) => name));
	} catch (error) {
		const isNew = error instanceof pg.DatabaseError && error.code === UNDEFINED_TABLE;
		if (isNew) return new Set();
		throw error;
	}
}

/**
 * Names of migrations that this version needs and the database lacks. Newer ones don't count: while a new
 * version is rolled out the old one goes on.
 */
export async function missingMigrations(db: Db): Promise<string[]> {
	const applied = await appliedMigrations(db);
	return migrationNames().filter((name) => !applied.has(name));
}

/**
 * Brings the schema up to date, while others work with it; safe to run from several processes at once. Does
 * nothing where a newer version has brought it further. Returns the names of the migrations that ran.
 * Throws when one fails, or gets no lock for two minutes; those before it stay.
 */
export async function migrateToLatest(db: Db): Promise<string[]> {
	return await runMigrations(db, await readMigrations());
}

/** As `migrateToLatest`, with these migrations. Takes two connections. */
export async function runMigrations(db: Db, migrations: SchemaMigrations): Promise<string[]> {
	return await db.connection().execute(async (guard) => {
		// Asked for again and again: a query that waits for it would itself be what an index that is built
		// concurrently waits for, in the run that holds it.
		while (!(await tryLock(guard))) await sleep(RUN_RETRY_MS);
		try {
			return await runMissing(db, migrations);
		} finally {
			await sql`select pg_advisory_unlock(hashtextextended(${RUN_LOCK}, 0))`.execute(guard);
		}
	});
}

async function tryLock(db: Db): Promise<boolean> {
	const { rows } = await sql`
		select pg_try_advisory_lock(hashtextextended(${RUN_LOCK}, 0)) as locked
	`.execute(db);
	return lockSchema.parse(rows)[0]?.locked === true;
}

async function runMissing(db: Db, migrations: SchemaMigrations): Promise<string[]> {
	const applied = await appliedMigrations(db);
	const missing = Object.keys(migrations)
		.sort()
		.filter((name) => !applied.has(name));
	const unknown = [...applied].filter((name) => !(name in migrations));
	if (missing.length > 0 && unknown.length > 0) {
		throw new Error(
			`the database has ${unknown.join(', ')}, which this version does not know, and lacks ` +
				`${missing.join(', ')}: run the migrations of the newest version`
		);
	}
	const migrator = new Migrator({ db, provider: { getMigrations: () => patient(migrations) } });
	for (const name of missing) {
		await runNext(migrator, migrations[name]?.transaction === false);
	}
	return missing;
}

/** Each migration is one transaction of its own, and holds its locks no longer than it takes. */
async function runNext(migrator: Migrator, disableTransactions: boolean): Promise<void> {
	for (let attempt = 1; ; attempt++) {
		const { error } = await migrator.migrateUp({ disableTransactions });
		if (error === undefined) return;
		const isLocked = error instanceof pg.DatabaseError && error.code === LOCK_NOT_AVAILABLE;
		if (!isLocked || attempt === LOCK_ATTEMPTS) throw error;
		await sleep(LOCK_RETRY_MS);
	}
}

/** Migrations that give up a lock that they do not get soon. */
async function patient(migrations: SchemaMigrations): Promise<Record<string, Migration>> {
	return Object.fromEntries(
		Object.entries(migrations).map(([name, { up, down, transaction }]) => [
			name,
			{
				down,
				up: async (db: Kysely<unknown>) => {
					// What is built concurrently waits for others, who do not wait for it.
					if (transaction !== false) {
						await sql`set local lock_timeout = ${sql.raw(String(LOCK_TIMEOUT_MS))}`.execute(db);
					}
					await up(db);
				}
			}
		])
	);
}

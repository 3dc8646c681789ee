import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { connectDatabase } from '../../src/lib/server/history/database.ts';
import type { Db } from '../../src/lib/server/history/database.ts';
import {
	missingMigrations,
	readMigrations,
	runMigrations
} from '../../src/lib/server/history/migrator.ts';
import type { SchemaMigration, SchemaMigrations } from '../../src/lib/server/history/migrator.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { until } from './probes.ts';

/** The migrations of this version, in a database of their own for each test. */
let app: TestContext;
const apps: TestContext[] = [];
beforeEach(async () => {
	app = await createTestContext({ env: { ROLE: 'web' } });
	apps.push(app);
});
afterAll(async () => {
	await Promise.all(apps.map((one) => one.close()));
});

function step(
	statement: string,
	options: Pick<SchemaMigration, 'transaction'> = {}
): SchemaMigration {
	return {
		...options,
		up: async (db) => void (await sql.raw(statement).execute(db)),
		down: () => Promise.reject(new Error('not needed'))
	};
}

async function withMore(more: SchemaMigrations): Promise<SchemaMigrations> {
	return { ...(await readMigrations()), ...more };
}

/** Another process that migrates. */
async function anotherRun(migrations: SchemaMigrations): Promise<string[]> {
	const db = connectDatabase({ url: app.urls.database, poolSize: 2 }, () => undefined);
	try {
		return await runMigrations(db, migrations);
	} finally {
		await db.destroy();
	}
}

/** A transaction that reads comments and stays open until it is ended. */
async function longReader(db: Db): Promise<{ end: () => Promise<void> }> {
	const begun = Promise.withResolvers<void>();
	const ended = Promise.withResolvers<void>();
	const held = db.transaction().execute(async (transaction) => {
		await sql`select count(*) from comments`.execute(transaction);
		begun.resolve();
		await ended.promise;
	});
	await begun.promise;
	return {
		end: async () => {
			ended.resolve();
			await held;
		}
	};
}

test('two runs at the same time: each migration runs once', async () => {
	const migrations = await withMore({
		'9001_a': step('create table a (id integer)'),
		'9002_b': step('create table b (id integer)')
	});
	const ran = await Promise.all([anotherRun(migrations), anotherRun(migrations)]);
	expect(ran.flat()).toEqual(['9001_a', '9002_b']);
});

test('a version that knows less than the database has nothing to do, and lacks nothing', async () => {
	await runMigrations(app.db, await withMore({ '9001_a': step('create table a (id integer)') }));
	expect(await anotherRun(await readMigrations())).toEqual([]);
	expect(await missingMigrations(app.db)).toEqual([]);
});

test('two versions that each have what the other lacks: refused, and nothing runs', async () => {
	await runMigrations(app.db, await withMore({ '9001_a': step('create table a (id integer)') }));
	const other = await withMore({ '9000_b': step('create table b (id integer)') });
	await expect(anotherRun(other)).rejects.toThrow(/9001_a.*9000_b/);
	const { rows } = await sql`select to_regclass('b') as found`.execute(app.db);
	expect(rows).toEqual([{ found: null }]);
});

test('a migration that fails leaves those before it, and nothing of its own', async () => {
	const migrations = await withMore({
		'9001_a': step('create table a (id integer)'),
		'9002_b': step('create table b (id integer); select 1 / 0')
	});
	await expect(anotherRun(migrations)).rejects.toThrow(/division by zero/);
	const { rows } = await sql`
		select to_regclass('a') as first, to_regclass('b') as second
	`.execute(app.db);
	expect(rows).toEqual([{ first: 'a', second: null }]);
	const mended = { ...migrations, '9002_b': step('create table b (id integer)') };
	expect(await anotherRun(mended)).toEqual(['9002_b']);
});

test('a migration that waits for a lock lets those through who came after it', async () => {
	const reader = await longReader(app.db);
	let done = false;
	const migrated = anotherRun(
		await withMore({ '9001_mood': step('alter table comments add column mood text') })
	).finally(() => {
		done = true;
	});
	migrated.catch(() => undefined);
	await until('the migration waits', async () => {
		const { rows } = await sql`
			select 1 from pg_stat_activity where datname = current_database()
			and wait_event_type = 'Lock' and query like 'alter table comments%'
		`.execute(app.db);
		return rows.length > 0;
	});
	// For as long as the reader stays, the migration can't run; who reads now must not wait for both.
	await sql`select count(*) from comments`.execute(app.db);
	expect(done).toBe(false);
	await reader.end();
	expect(await migrated).toEqual(['9001_mood']);
});

test('an index is built concurrently while a second run waits for the first', async () => {
	const reader = await longReader(app.db);
	const migrations = await withMore({
		'9001_index': step('create index concurrently comments_text on comments (text)', {
			transaction: false
		})
	});
	const both = Promise.all([anotherRun(migrations), anotherRun(migrations)]);
	both.catch(() => undefined);
	await sleep(500);
	await reader.end();
	expect((await both).flat()).toEqual(['9001_index']);
	const { rows } = await sql`
		select indisvalid from pg_index where indexrelid = 'comments_text'::regclass
	`.execute(app.db);
	expect(rows).toEqual([{ indisvalid: true }]);
});

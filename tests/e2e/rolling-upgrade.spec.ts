import { sql } from 'kysely';
import { expect, test } from '@playwright/test';
import { exerciseUpgrade } from '../../scripts/exercise/upgrade.ts';
import { describeUpgrade, faultsOf } from '../../scripts/exercise/upgrade-report.ts';
import { ensureServices } from '../../scripts/services/ensure.ts';
import { connectDatabase, migrateToLatest } from '../../src/lib/server/history/database.ts';
import type { Db } from '../../src/lib/server/history/database.ts';
import { projectRoot } from '../../src/lib/server/project-root.ts';

/** What a later version may do to the schema while this one serves (docs/operations/migrations.md). */
async function migrateToTheFuture(db: Db): Promise<void> {
	await sql`alter table comments add column mood text`.execute(db);
	await sql`alter table shows add column stars integer not null default 0`.execute(db);
	await sql`alter table events add column source text`.execute(db);
	await sql`create index concurrently comments_mood on comments (show_id, mood)`.execute(db);
	await sql`create table stars (show_id uuid primary key references shows on delete cascade)`.execute(
		db
	);
	await sql`
		insert into kysely_migration (name, timestamp) values ('9999_stars', '2099-01-01T00:00:00.000Z')
	`.execute(db);
}

test('all processes are replaced in mid-show, under a schema of the next version: no event is lost, no console misses one', async () => {
	test.setTimeout(180_000);
	const services = await ensureServices({ redisKind: 'wasm', ephemeral: true });
	try {
		const db = connectDatabase({ url: services.databaseUrl, poolSize: 2 }, () => undefined);
		await migrateToLatest(db);
		await db.destroy();
		const root = projectRoot();
		const report = await exerciseUpgrade({
			from: root,
			to: root,
			redisUrl: services.redisUrl,
			databaseUrl: services.databaseUrl,
			migrate: (context) => migrateToTheFuture(context.db),
			consoles: 8,
			comments: 1_000,
			seconds: 20,
			say: () => undefined
		});
		console.info(describeUpgrade(report).join('\n'));
		expect(faultsOf(report)).toEqual([]);
		expect(report.stopped.map(({ role }) => role)).toEqual(['web', 'web', 'worker']);
	} finally {
		await services.stop();
	}
});

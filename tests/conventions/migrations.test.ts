import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { migrationFaults } from './migration-rules.ts';

const FOLDER = join(import.meta.dirname, '../../migrations');

/** The schema of the first release: no version before it has to survive it. */
const BASELINE = '0008';

const names = readdirSync(FOLDER)
	.filter((name) => name.endsWith('.ts'))
	.sort();

test('migrations are numbered without a gap', () => {
	expect(names.map((name) => Number(name.slice(0, 4)))).toEqual(names.map((_, index) => index + 1));
	for (const name of names) expect(name).toMatch(/^\d{4}_[a-z0-9_]+\.ts$/);
});

test('the version before survives every migration since the first release', () => {
	const faults = names
		.filter((name) => name.slice(0, 4) > BASELINE)
		.flatMap((name) =>
			migrationFaults(readFileSync(join(FOLDER, name), 'utf8')).map((fault) => `${name} ${fault}`)
		);
	expect(faults).toEqual([]);
});

describe('the rules', () => {
	const migration = (statements: readonly string[], head = ''): string =>
		[
			head,
			'export async function up(db) {',
			...statements.map((statement) => `	await sql\`${statement}\`.execute(db);`),
			'}',
			'export async function down(db) {',
			'	await sql`drop table shoes`.execute(db);',
			'}'
		].join('\n');
	const outside = 'export const transaction = false;';

	test.each([
		['alter table shows add column stars integer'],
		['alter table shows add column stars integer not null default 0'],
		["alter table shows add column kind text not null generated always as ('a') stored"],
		['create table stars (id uuid primary key, name text not null)'],
		['alter table shows add constraint some_stars check (stars > 0) not valid'],
		['alter table shows validate constraint some_stars']
	])('allow: %s', (statement) => {
		expect(migrationFaults(migration([statement]))).toEqual([]);
	});

	test('allow an index on a table that the migration makes', () => {
		const statements = ['create table stars (id uuid)', 'create index stars_id on stars (id)'];
		expect(migrationFaults(migration(statements))).toEqual([]);
	});

	test('allow an index that is built concurrently, and cleaned up after a failed attempt', () => {
		const statements = [
			'drop index concurrently if exists stars_id',
			'create index concurrently stars_id on stars (id)'
		];
		expect(migrationFaults(migration(statements, outside))).toEqual([]);
	});

	test.each([
		['drop table shows'],
		['alter table shows drop column name'],
		['alter table shows rename column name to title'],
		['alter table shows rename to sales'],
		['alter table shows alter column name type varchar(10)'],
		['alter table shows alter column name set not null'],
		['alter table shows add column stars integer not null'],
		['alter table shows add column a text default 1, add column stars integer not null'],
		['alter table shows add constraint some_stars check (stars > 0)'],
		['create index shows_name on shows (name)'],
		['create unique index shows_name on shows (name)'],
		['create index concurrently shows_name on shows (name)'],
		['truncate shows']
	])('refuse: %s', (statement) => {
		expect(migrationFaults(migration([statement]))).toHaveLength(1);
	});

	test('refuse two things outside of a transaction', () => {
		const statements = [
			'create index concurrently stars_id on stars (id)',
			'create index concurrently stars_name on stars (name)'
		];
		expect(migrationFaults(migration(statements, outside))).toHaveLength(1);
	});

	test('allow what goes when nobody needs it any more, said in words', () => {
		const head = '// contract: no version since 1.4 reads shows.name';
		expect(migrationFaults(migration(['alter table shows drop column name'], head))).toEqual([]);
	});
});

import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, PostgresDialect, sql } from 'kysely';
import type { CompiledQuery } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PLAIN_CSV } from '../../src/lib/server/exports/csv-style.ts';
import { answerExport } from '../../src/lib/server/exports/endpoint.ts';
import { EXPORT_FILES } from '../../src/lib/server/exports/export-file.ts';
import type { ExportFile } from '../../src/lib/server/exports/export-file.ts';
import { ExportSlots } from '../../src/lib/server/exports/slots.ts';
import { createShow } from '../../src/lib/server/history/create-show.ts';
import type { Database, Db } from '../../src/lib/server/history/database.ts';
import { readCsv, readLines } from './exports-model.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';

/** More than sockets and streams could swallow, and many pages. */
const ROWS = 30_000;

const slots = new ExportSlots(undefined, { perProcess: 100, perWorkspace: 100 });
let app: TestContext;
/** The same database, which remembers what it was asked. */
let watched: Db;
const asked: CompiledQuery[] = [];
let showId: string;

beforeAll(async () => {
	app = await createTestContext({ env: { ROLE: 'web' } });
	watched = new Kysely<Database>({
		dialect: new PostgresDialect({
			pool: new pg.Pool({ connectionString: app.urls.database, max: 2 })
		}),
		log: ({ query }) => void asked.push(query)
	});
	showId = await hugeShow();
}, 120_000);
afterAll(async () => {
	await watched.destroy();
	await app.close();
});

async function ask(file: ExportFile): Promise<Response> {
	const { redis, logger, workspaceId } = app;
	return await answerExport(
		{ db: watched, redis, logger, slots },
		{ workspaceId, showId, file, style: PLAIN_CSV, headersOnly: false, requestId: 'r1' }
	);
}

/** Written by Postgres itself. The first half of the claims won; the others wait. */
async function hugeShow(): Promise<string> {
	const { workspaceId, db } = app;
	const settings = { name: 'Huge', claimWord: 'sold', passWord: 'pass' };
	const id = await createShow(db, { workspaceId, ...settings });
	await sql`
		update shows set status = 'ended', started_at = now(), last_seq = ${ROWS} where id = ${id}
	`.execute(db);
	await sql`
		insert into items (id, show_id, number, title, quantity, state)
		values (${id}::uuid, ${id}::uuid, 12, 'Mug', 10, 'open')
	`.execute(db);
	await sql`
		insert into claims (id, show_id, item_id, item_number, buyer_key, platform, user_id, handle, state,
			rank, created_seq, won_seq, claimed_at)
		select md5(n || ${id})::uuid, ${id}::uuid, ${id}::uuid, 12, 'facebook:' || n, 'facebook',
			n::text, 'buyer_' || n, case when n <= ${ROWS / 2}::int then 'winner' else 'waitlist' end, n, n,
			case when n <= ${ROWS / 2}::int then n end, now()
		from generate_series(1, ${ROWS}::int) n
	`.execute(db);
	await sql`
		insert into comments (show_id, seq, platform, live_id, comment_id, user_id, handle, text,
			received_at, outcome)
		select ${id}::uuid, n, 'facebook', 'live', n::text, n::text, 'buyer', repeat('so pretty ', 30),
			now(), 'none'
		from generate_series(1, ${ROWS}::int) n
	`.execute(db);
	await sql`
		insert into events (show_id, seq, epoch, at, type, data)
		select ${id}::uuid, n, 'e1', now(), 'error', jsonb_build_object('code', 'X', 'message',
			repeat('so pretty ', 30), 'channelId', null)
		from generate_series(1, ${ROWS}::int) n
	`.execute(db);
	return id;
}

/** What this database's connections do, but for the one that asks. */
async function busyConnections(): Promise<unknown[]> {
	const { rows } = await sql`
		select state, query from pg_stat_activity
		where datname = current_database() and pid <> pg_backend_pid()
			and backend_type = 'client backend' and (state <> 'idle' or xact_start is not null)
	`.execute(app.db);
	return rows;
}

/** Scans of whole tables in the plans of these queries; items are few. */
async function scansOf(queries: readonly CompiledQuery[]): Promise<string[]> {
	const client = new pg.Client({ connectionString: app.urls.database });
	await client.connect();
	try {
		const plans: string[] = [];
		for (const query of queries) {
			const explained = await client.query(`explain (format json) ${query.sql}`, [
				...query.parameters
			]);
			plans.push(JSON.stringify(explained.rows));
		}
		return plans.flatMap(
			(plan) =>
				plan.match(/"Node Type":"Seq Scan"[^}]*?"Relation Name":"(claims|comments|events)"/g) ?? []
		);
	} finally {
		await client.end();
	}
}

test('a scan of a whole table would be noticed', async () => {
	const query = watched.selectFrom('comments').select('seq').where('text', '=', 'none').compile();
	expect(await scansOf([query])).toHaveLength(1);
});

test('comes out whole, every row once and in order', async () => {
	const csv = async (file: 'claims.csv' | 'buyers.csv' | 'comments.csv') =>
		readCsv(await (await ask(file)).text()).slice(1);
	const numbers = Array.from({ length: ROWS }, (_, n) => n + 1);
	const claims = await csv('claims.csv');
	expect(claims.map((row) => row[3])).toEqual(numbers.map((n) => `buyer_${n}`));
	const half = ROWS / 2;
	expect(claims.map((row) => row[6])).toEqual(numbers.map((n) => (n > half ? `${n - half}` : '')));
	const buyers = await csv('buyers.csv');
	expect(buyers).toEqual(numbers.slice(0, half).map((n) => [`buyer_${n}`, '12', '1']));
	const comments = await csv('comments.csv');
	expect(comments.map((row) => row[8])).toEqual(numbers.map((n) => `facebook:${n}`));
	const log = readLines(await (await ask('events.jsonl')).text());
	expect(log).toHaveLength(ROWS);
	expect(log.at(-1)).toMatchObject({ id: `e1:${ROWS}`, seq: ROWS });
});

test.each(EXPORT_FILES)('%s: a reader who pauses holds no connection', async (file) => {
	const reader = (await ask(file)).body?.getReader();
	await reader?.read();
	await reader?.read();
	// The query of the page at hand may be ending.
	await expect.poll(busyConnections).toEqual([]);
	await reader?.cancel();
});

test.each(EXPORT_FILES)(
	'%s: a reader who leaves in the middle of a page ends the reading',
	async (file) => {
		const reader = (await ask(file)).body?.getReader();
		await reader?.read();
		await reader?.read();
		const next = reader?.read();
		await reader?.cancel();
		await next;
		const before = asked.length;
		await sleep(200);
		expect(asked.length).toBe(before);
		await expect.poll(busyConnections).toEqual([]);
	}
);

test.each(EXPORT_FILES)('%s: no page scans the table', async (file) => {
	asked.length = 0;
	await (await ask(file)).text();
	expect(asked.length).toBeGreaterThan(10);
	const pages = asked.slice();
	expect(await scansOf(pages)).toEqual([]);
	// And as Postgres plans it once it knows what there is.
	await sql`analyze`.execute(app.db);
	expect(await scansOf(pages)).toEqual([]);
});

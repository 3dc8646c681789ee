import { Kysely, PostgresDialect, sql } from 'kysely';
import type { CompiledQuery } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createShow } from '../../src/lib/server/history/create-show.ts';
import type { Database, Db } from '../../src/lib/server/history/database.ts';
import { eraseRows, pseudonymFor } from '../../src/lib/server/history/redaction/erase-rows.ts';
import { planErasure } from '../../src/lib/server/history/redaction/erasure-plan.ts';
import { removeComments } from '../../src/lib/server/history/redaction/remove-comments.ts';
import {
	dueShows,
	previewRetention
} from '../../src/lib/server/history/redaction/retention-due.ts';
import { Retention } from '../../src/lib/server/history/redaction/retention.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { watchDatabase } from './rows-read.ts';
import type { WatchedDb } from './rows-read.ts';

const SHOWS = 20;
const COMMENTS = 20_000;
/** Each writes this many comments of a show; every tenth claims. */
const EACH = 10;

let app: TestContext;
let watched: WatchedDb;
const shows: string[] = [];

beforeAll(async () => {
	app = await createTestContext({ env: { ROLE: 'web' } });
	watched = watchDatabase(app.urls.database);
	for (let index = 0; index < SHOWS; index++) {
		const words = { claimWord: 'sold', passWord: 'pass' };
		const { workspaceId } = app;
		const id = await createShow(app.db, { workspaceId, name: `Show ${index}`, ...words });
		await fillShow(id, index);
		shows.push(id);
	}
	await sql`analyze`.execute(app.db);
}, 300_000);
afterAll(async () => {
	await watched.close();
	await app.close();
});

/** A show that ended `index` days ago. */
async function fillShow(id: string, index: number): Promise<void> {
	await sql`
		update shows set status = 'ended', last_seq = ${COMMENTS}, comment_count = ${COMMENTS},
			ended_at = now() - make_interval(days => ${index}::int, hours => 1)
		where id = ${id}
	`.execute(app.db);
	await sql`
		insert into comments (show_id, seq, platform, live_id, comment_id, user_id, handle, text,
			received_at, outcome)
		select ${id}::uuid, n, 'facebook', 'live', n::text, (n / ${EACH}::int)::text, 'somebody',
			'a comment as long as people write them, when they write some more', now(), 'none'
		from generate_series(1, ${COMMENTS}::int) n
	`.execute(app.db);
	await sql`
		insert into events (show_id, seq, epoch, at, type, data)
		select show_id, seq, 'e1', received_at, 'comment.received', jsonb_build_object('platform', platform,
			'liveId', live_id, 'commentId', comment_id, 'postedAt', null, 'userId', user_id, 'handle', handle,
			'displayName', null, 'fromPage', false, 'text', text, 'intent', null, 'item', null,
			'outcome', outcome, 'claimId', null, 'position', null)
		from comments where show_id = ${id}
	`.execute(app.db);
	const item = crypto.randomUUID();
	await sql`
		insert into items (id, show_id, number, title, quantity, state)
		values (${item}::uuid, ${id}::uuid, 1, 'Item', 1, 'open')
	`.execute(app.db);
	await sql`
		insert into claims (id, show_id, item_id, item_number, buyer_key, platform, user_id, handle, state,
			rank, created_seq, claimed_at)
		select gen_random_uuid(), ${id}::uuid, ${item}::uuid, 1, 'facebook:' || n, 'facebook', n::text, 'b',
			'waitlist', n, n, now()
		from generate_series(1, ${COMMENTS / EACH}::int, 10) n
	`.execute(app.db);
}

/** Steps of the plans of all statements that `call` makes, in a transaction that is taken back. */
async function stepsOf(call: (db: Db) => Promise<unknown>): Promise<string[]> {
	const asked: CompiledQuery[] = [];
	const pool = new pg.Pool({ connectionString: app.urls.database, max: 1 });
	const db = new Kysely<Database>({
		dialect: new PostgresDialect({ pool }),
		log: ({ query }) => void asked.push(query)
	});
	try {
		await db
			.transaction()
			.execute(async (tx) => {
				await call(tx);
				throw new Error('taken back');
			})
			.catch((error: unknown) => {
				if (!(error instanceof Error) || error.message !== 'taken back') throw error;
			});
		const steps: string[] = [];
		for (const { sql: text, parameters } of asked.filter(({ sql }) =>
			/^\s*(with|update)\b/.test(sql)
		)) {
			const { rows } = await pool.query(`explain ${text}`, [...parameters]);
			steps.push(...rows.map((row) => rowSchema.parse(row)['QUERY PLAN']));
		}
		expect(steps.length).toBeGreaterThan(0);
		return steps;
	} finally {
		await db.destroy();
	}
}

const rowSchema = z.object({ 'QUERY PLAN': z.string() });
const large = (steps: readonly string[]): string[] =>
	steps.filter((step) => /Seq Scan on (comments|events|claims|audit_log)\b/.test(step));

test('a preview reads the comments of shows that are old enough, and no others', async () => {
	const rows = await watched.rowsRead('comments', async () => {
		const preview = await previewRetention(watched.db, app.workspaceId, 15);
		expect(preview.shows).toBe(5);
		expect(preview.comments).toBe(5 * (COMMENTS - (COMMENTS / EACH / 10) * EACH));
		expect(preview.people).toBe((COMMENTS / EACH) * 0.9 + 1);
	});
	expect(rows).toBe(5 * COMMENTS);
	expect(watched.queries).toBe(1);
});

test('what a person wrote is found without reading what others wrote', async () => {
	const rows = await watched.rowsRead('comments', async () => {
		const plan = await planErasure(watched.db, app.workspaceId, 'facebook:11');
		expect(plan).toMatchObject({ claims: SHOWS, comments: SHOWS * EACH });
		expect(plan.shows).toHaveLength(SHOWS);
	});
	// Once to count them, once for the latest handle.
	expect(rows).toBeLessThanOrEqual(2 * SHOWS * EACH);
});

test('no step of removing and erasing reads a whole table', async () => {
	const [showId = ''] = shows;
	await sql`
		insert into show_retention (show_id, days, pseudonym_key) values (${showId}::uuid, 1, '\\x00')
	`.execute(app.db);
	const removing = await stepsOf((db) => removeComments(db, showId, { from: 1, to: 2_000 }));
	expect(large(removing)).toEqual([]);
	const account = { buyerKey: 'facebook:11', platform: 'facebook', userId: '11' };
	const erasing = await stepsOf((db) => eraseRows(db, shows, [pseudonymFor(account)]));
	expect(large(erasing)).toEqual([]);
	await app.db.deleteFrom('show_retention').execute();
});

test('a step that reads a whole table would be noticed', async () => {
	const steps = await stepsOf((db) =>
		sql`update comments set text = text where text = ''`.execute(db)
	);
	expect(large(steps)).not.toEqual([]);
});

test('a sweep takes the oldest first, page by page, and whatever was begun', async () => {
	await app.db
		.updateTable('workspaces')
		.set({ retention_days: 15 })
		.where('id', '=', app.workspaceId)
		.execute();
	const oldestFirst = shows.slice(15).toReversed();
	const first = await dueShows(app.db, null, 2);
	expect(first.map(({ id }) => id)).toEqual(oldestFirst.slice(0, 2));
	const rest = await dueShows(app.db, first.at(-1) ?? null, 10);
	expect(rest.map(({ id }) => id)).toEqual(oldestFirst.slice(2));
	const { db, redis, scripts, logger } = app;
	expect(await new Retention({ db, redis, scripts, logger }).run()).toBe(5);
	expect(await dueShows(app.db, null, 10)).toEqual([]);
	const { comments } = await app.db
		.selectFrom('show_retention')
		.select('comments')
		.where('show_id', '=', oldestFirst[0] ?? '')
		.executeTakeFirstOrThrow();
	expect(comments).toBe(COMMENTS - (COMMENTS / EACH / 10) * EACH);
});

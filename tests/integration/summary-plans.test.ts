import { Kysely, PostgresDialect, sql } from 'kysely';
import type { CompiledQuery } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createShow } from '../../src/lib/server/history/create-show.ts';
import type { Database, Db } from '../../src/lib/server/history/database.ts';
import { WorkspaceScope } from '../../src/lib/server/history/queries/scope.ts';
import { readSummary } from '../../src/lib/server/history/queries/summary.ts';
import { listHolders } from '../../src/lib/server/history/queries/summary-holders.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';

const ITEMS = 500;
const COMMENTS = 200_000;
const CLAIMS = 20_000;
/** Every tenth claim was given up. */
const RELEASE_EVERY = 10;
/** Whatever a show holds, its summary takes at most this many queries. */
const MAX_QUERIES = 10;

let app: TestContext;
/** The same database; remembers what it is asked. */
let watched: Db;
let asked: CompiledQuery[] = [];
let showId: string;

beforeAll(async () => {
	app = await createTestContext({ env: { ROLE: 'web' } });
	watched = new Kysely<Database>({
		dialect: new PostgresDialect({
			pool: new pg.Pool({ connectionString: app.urls.database, max: 2 })
		}),
		log: ({ query }) => void asked.push(query)
	});
	showId = await createShow(app.db, {
		workspaceId: app.workspaceId,
		name: 'Large',
		claimWord: 'sold',
		passWord: 'pass'
	});
	await fillShow(showId);
	await sql`analyze`.execute(app.db);
}, 180_000);
afterAll(async () => {
	await watched.destroy();
	await app.close();
});

/**
 * A three-hour show, written as the log would have left it: items, then in turn ten comments and the claim
 * of the last one. It is alone in its tables, which is when a sequential scan is most tempting.
 */
async function fillShow(id: string): Promise<void> {
	const start = sql`timestamptz '2026-03-07 19:00:00+00'`;
	const per = COMMENTS / CLAIMS;
	/** Seq of the claim event of claim `n`, from 1 on. */
	const claimSeq = sql`${ITEMS + 1} + n * ${per + 1}::int`;
	const at = sql`${start} + make_interval(secs => n * 10800.0 / ${CLAIMS}::int)`;
	const seqs = ITEMS + 1 + CLAIMS * (per + 1) + CLAIMS / RELEASE_EVERY;
	await sql`
		update shows set status = 'ended', started_at = ${start}, last_seq = ${seqs},
			ended_at = ${start} + interval '3 hours', comment_count = ${COMMENTS}
		where id = ${id}
	`.execute(app.db);
	await sql`
		insert into items (id, show_id, number, title, quantity, state)
		select md5('item' || n)::uuid, ${id}::uuid, n, 'Item ' || n, 10, 'open'
		from generate_series(1, ${ITEMS}::int) n
	`.execute(app.db);
	await sql`
		insert into events (show_id, seq, epoch, at, type, item_number, data)
		select ${id}::uuid, n, 'e1', ${start}, 'item.updated', n, jsonb_build_object('action', 'added',
			'actor', 'user:1', 'cause', null, 'previous', null, 'item', jsonb_build_object('id',
			md5('item' || n), 'number', n::text, 'title', 'Item ' || n, 'quantity', 10, 'state', 'open'))
		from generate_series(1, ${ITEMS}::int) n
		union all
		select ${id}::uuid, ${ITEMS + 1}::int, 'e1', ${start}, 'session.status', null, jsonb_build_object(
			'action', 'activated', 'status', 'active', 'previous', 'draft')
	`.execute(app.db);
	await sql`
		insert into claims (id, show_id, item_id, item_number, buyer_key, platform, user_id, handle, state,
			rank, created_seq, won_seq, claimed_at, released_at)
		select md5('claim' || n)::uuid, ${id}::uuid, md5('item' || 1 + n % ${ITEMS}::int)::uuid,
			1 + n % ${ITEMS}::int, 'facebook:' || n, 'facebook', n::text, 'buyer_' || n,
			case when n % ${RELEASE_EVERY}::int = 0 then 'released'
				when n <= ${ITEMS}::int * 10 then 'winner' else 'waitlist' end,
			${claimSeq}, ${claimSeq}, case when n <= ${ITEMS}::int * 10 then ${claimSeq} end, ${at},
			case when n % ${RELEASE_EVERY}::int = 0 then ${at} end
		from generate_series(1, ${CLAIMS}::int) n
	`.execute(app.db);
	await sql`
		insert into events (show_id, seq, epoch, at, type, item_number, data)
		select ${id}::uuid, ${claimSeq} - ${per}::int + k, 'e1', ${at},
			case when k = ${per}::int then 'claim.created' else 'comment.received' end,
			case when k = ${per}::int then 1 + n % ${ITEMS}::int end,
			jsonb_build_object('platform', 'facebook', 'liveId', 'live', 'commentId', n || '-' || k,
				'userId', n::text, 'handle', 'buyer_' || n, 'displayName', null, 'fromPage', false,
				'text', 'a comment as long as people write them', 'intent', null, 'outcome', 'none')
		from generate_series(1, ${CLAIMS}::int) n, generate_series(0, ${per}::int) k
		order by 2
	`.execute(app.db);
	await sql`
		insert into events (show_id, seq, epoch, at, type, item_number, data)
		select ${id}::uuid, ${ITEMS + 1 + CLAIMS * (per + 1)}::int + n, 'e1',
			${start} + interval '3 hours', 'claim.released', 1 + n * ${RELEASE_EVERY}::int % ${ITEMS}::int,
			jsonb_build_object('claimId', md5('claim' || n), 'from', 'waitlist', 'rank', n,
				'cause', jsonb_build_object('kind', 'comment', 'commentKey', 'facebook:' || n))
		from generate_series(1, ${CLAIMS / RELEASE_EVERY}::int) n
	`.execute(app.db);
	await sql`
		insert into comments (show_id, seq, platform, live_id, comment_id, user_id, handle, text,
			received_at, outcome)
		select show_id, seq, 'facebook', 'live', seq::text, seq::text, 'buyer', data->>'text', at, 'none'
		from events where show_id = ${id} and type = 'comment.received'
	`.execute(app.db);
}

const nodeSchema = z.looseObject({
	'Node Type': z.string(),
	'Relation Name': z.string().optional(),
	get Plans() {
		return z.array(nodeSchema).optional();
	}
});
type PlanNode = z.output<typeof nodeSchema>;
const planSchema = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: nodeSchema })]) })]);

function nodesOf(node: PlanNode): PlanNode[] {
	return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

/** The queries that `read` made, each with the steps of its plan as `Seq Scan on comments`. */
async function plansOf(read: (db: Db) => Promise<unknown>): Promise<string[][]> {
	asked = [];
	await read(watched);
	const queries = asked.filter(
		({ sql: text }) => text.trimStart().startsWith('select') || text.includes('with ')
	);
	const client = new pg.Client({ connectionString: app.urls.database });
	await client.connect();
	try {
		const plans: string[][] = [];
		for (const query of queries) {
			const explained = await client.query(`explain (format json) ${query.sql}`, [
				...query.parameters
			]);
			const [{ 'QUERY PLAN': plan }] = planSchema.parse(explained.rows);
			plans.push(
				nodesOf(plan[0].Plan).map((node) =>
					[node['Node Type'], node['Relation Name']].filter(Boolean).join(' on ')
				)
			);
		}
		return plans;
	} finally {
		await client.end();
	}
}

const largeScans = (plans: readonly string[][]): string[] =>
	plans.flat().filter((step) => /Seq Scan on (comments|events)/.test(step));

test('a scan of a whole table would be noticed', async () => {
	const plans = await plansOf((db) =>
		db.selectFrom('events').select('seq').where('epoch', '=', 'none').execute()
	);
	expect(largeScans(plans)).toEqual(['Seq Scan on events']);
});

test('a summary of 200,000 comments and 20,000 claims takes few queries; none scans all comments or events', async () => {
	const show = await new WorkspaceScope(app.db, app.workspaceId).show(showId);
	const plans = await plansOf(async (db) => {
		const { totals, items, timeline } = await readSummary(db, show);
		expect(totals).toMatchObject({ comments: COMMENTS, claims: CLAIMS, passes: 2_000 });
		expect(items).toHaveLength(ITEMS);
		const counted = timeline?.buckets.reduce((sum, { comments }) => sum + comments, 0);
		expect(counted).toBe(COMMENTS);
	});
	expect(plans.length).toBeGreaterThan(4);
	expect(plans.length).toBeLessThanOrEqual(MAX_QUERIES);
	expect(largeScans(plans)).toEqual([]);
});

test('everybody who waits for an item is read through an index as well', async () => {
	const show = await new WorkspaceScope(app.db, app.workspaceId).show(showId);
	const filter = { item: '12', state: 'waitlist', cursor: null, limit: 100 } as const;
	const plans = await plansOf(async (db) => {
		expect((await listHolders(db, show, filter)).rows.length).toBeGreaterThan(20);
	});
	expect(plans).toHaveLength(1);
	expect(plans.flat().some((step) => step.startsWith('Seq Scan'))).toBe(false);
});

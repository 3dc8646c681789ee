import { randomUUID } from 'node:crypto';
import { Kysely, PostgresDialect, sql } from 'kysely';
import type { CompiledQuery } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createShow } from '../../src/lib/server/history/create-show.ts';
import type { Database, Db } from '../../src/lib/server/history/database.ts';
import { listBuyerClaims } from '../../src/lib/server/history/queries/buyer-claims.ts';
import {
	listDirectory,
	parseDirectoryCursor
} from '../../src/lib/server/history/queries/buyer-directory.ts';
import { readPerson } from '../../src/lib/server/history/queries/buyer-person.ts';
import { listPackingSlips } from '../../src/lib/server/history/queries/buyer-slips.ts';
import { listBuyers } from '../../src/lib/server/history/queries/buyers.ts';
import { WorkspaceScope } from '../../src/lib/server/history/queries/scope.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';

const CLAIMS = 20_000;
const BUYERS = 5_000;
/** Other sellers' shows, as large. */
const OTHERS = 9;
const LINKED_EVERY = 50;

let app: TestContext;
/** The same database; remembers what it is asked. */
let watched: Db;
let asked: CompiledQuery[] = [];
let showId: string;
let scope: WorkspaceScope;

beforeAll(async () => {
	app = await createTestContext({ env: { ROLE: 'web' } });
	const pool = new pg.Pool({ connectionString: app.urls.database, max: 2 });
	watched = new Kysely<Database>({
		dialect: new PostgresDialect({ pool }),
		log: ({ query }) => void asked.push(query)
	});
	scope = new WorkspaceScope(app.db, app.workspaceId);
	showId = await largeShow(app.workspaceId);
	for (let n = 0; n < OTHERS; n++) {
		const id = randomUUID();
		await app.db.insertInto('workspaces').values({ id, name: 'Other' }).execute();
		await largeShow(id);
	}
	await sql`
		insert into buyer_profiles (id, workspace_id, note, tags)
		select md5('profile' || n)::uuid, ${app.workspaceId}::uuid, 'Note', array['vip']
		from generate_series(1, ${BUYERS / LINKED_EVERY}::int) n
	`.execute(app.db);
	await sql`
		insert into buyer_identities (workspace_id, buyer_key, profile_id)
		select ${app.workspaceId}::uuid, 'facebook:' || n * ${LINKED_EVERY}::int + k,
			md5('profile' || n)::uuid
		from generate_series(1, ${BUYERS / LINKED_EVERY}::int) n, generate_series(0, 1) k
		where n * ${LINKED_EVERY}::int + k <= ${BUYERS}::int
	`.execute(app.db);
	await sql`analyze`.execute(app.db);
}, 180_000);
afterAll(async () => {
	await watched.destroy();
	await app.close();
});

/** A show as its log would have left it: each buyer has four claims, and every other one is won. */
async function largeShow(workspaceId: string): Promise<string> {
	const settings = { name: 'Large', claimWord: 'sold', passWord: 'pass' };
	const id = await createShow(app.db, { workspaceId, ...settings });
	await sql`
		insert into items (id, show_id, number, title, quantity, state)
		select md5(${id} || n)::uuid, ${id}::uuid, n, 'Item ' || n, 9999, 'open'
		from generate_series(1, 4) n
	`.execute(app.db);
	await sql`
		insert into claims (id, show_id, item_id, item_number, buyer_key, platform, user_id, handle, state,
			rank, created_seq, won_seq, claimed_at)
		select gen_random_uuid(), ${id}::uuid, md5(${id} || item)::uuid, item, 'facebook:' || buyer,
			'facebook', buyer::text, 'buyer_' || buyer, case when item % 2 = 0 then 'winner' else 'waitlist' end,
			seq, seq, case when item % 2 = 0 then seq end, timestamptz '2026-03-07 19:00:00+00' + seq * interval '1 second'
		from (
			select 1 + (n - 1) % ${BUYERS}::int as buyer, 1 + (n - 1) / ${BUYERS}::int as item, n as seq
			from generate_series(1, ${CLAIMS}::int) n
		) claim
	`.execute(app.db);
	return id;
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

function stepsOf(node: PlanNode): string[] {
	const step = [node['Node Type'], node['Relation Name']].filter(Boolean).join(' on ');
	return [step, ...(node.Plans ?? []).flatMap(stepsOf)];
}

/** The queries that `read` made, each with the steps of its plan as `Seq Scan on claims`. */
async function plansOf(read: (db: Db) => Promise<unknown>): Promise<string[][]> {
	asked = [];
	await read(watched);
	const client = new pg.Client({ connectionString: app.urls.database });
	await client.connect();
	try {
		const plans: string[][] = [];
		for (const query of asked) {
			const text = `explain (format json) ${query.sql}`;
			const explained = await client.query(text, [...query.parameters]);
			const [{ 'QUERY PLAN': plan }] = planSchema.parse(explained.rows);
			plans.push(stepsOf(plan[0].Plan));
		}
		return plans;
	} finally {
		await client.end();
	}
}

const largeScans = (plans: readonly string[][]): string[] =>
	plans.flat().filter((step) => /Seq Scan on (claims|comments|events)/.test(step));

const ALL = { cursor: null, limit: 100, search: null, tag: null, blocked: false } as const;

test('a scan of a whole table would be noticed', async () => {
	const plans = await plansOf((db) =>
		db.selectFrom('claims').select('id').where('handle', '=', 'nobody').execute()
	);
	expect(largeScans(plans)).toEqual(['Seq Scan on claims']);
});

describe(`${CLAIMS} claims of ${BUYERS} buyers beside ${OTHERS} other sellers’ take few queries and no scan`, () => {
	test.each([
		['all', ALL],
		['searched', { ...ALL, search: 'buyer_17' }],
		['of a tag', { ...ALL, tag: 'vip' }],
		['later page', { ...ALL, cursor: { won: 2, firstSeq: 2_000 } }]
	])('buyers of a show, %s', async (_, filter) => {
		const show = await scope.show(showId);
		const plans = await plansOf(async (db) => {
			const { rows } = await listBuyers(db, show, filter);
			expect(rows).toHaveLength(100);
			expect(rows.every((buyer) => buyer.units.length === buyer.won)).toBe(true);
		});
		expect(plans).toHaveLength(2);
		expect(largeScans(plans)).toEqual([]);
	});

	test.each(['units', 'seen', 'shows'] as const)('buyers across shows by %s', async (order) => {
		const plans = await plansOf(async (db) => {
			expect((await listDirectory(db, scope, { ...ALL, order })).rows).toHaveLength(100);
		});
		expect(plans).toHaveLength(1);
		expect(largeScans(plans)).toEqual([]);
	});

	test('one person', async () => {
		const buyerKey = `facebook:${LINKED_EVERY}`;
		const plans = await plansOf(async (db) => {
			const person = await readPerson(db, scope, buyerKey);
			expect(person).toMatchObject({ tags: ['vip'], figures: { won: 4, waiting: 4 } });
			const filter = { cursor: null, limit: 100, releasable: false };
			expect((await listBuyerClaims(db, scope, buyerKey, filter)).rows).toHaveLength(8);
		});
		expect(plans.length).toBeLessThanOrEqual(5);
		expect(largeScans(plans)).toEqual([]);
	});

	test('all packing slips', async () => {
		const show = await scope.show(showId);
		const plans = await plansOf(async (db) => {
			const slips = await listPackingSlips(db, show, null);
			// Each link but the last makes one parcel of two.
			expect(slips).toHaveLength(BUYERS - (BUYERS / LINKED_EVERY - 1));
			expect(slips.reduce((sum, slip) => sum + slip.units, 0)).toBe(CLAIMS / 2);
		});
		expect(plans).toHaveLength(1);
		expect(largeScans(plans)).toEqual([]);
	});
});

test('every buyer is met once by paging, whatever the order', async () => {
	for (const order of ['units', 'seen', 'shows'] as const) {
		const met: string[] = [];
		let cursor: string | null = null;
		do {
			const from: ReturnType<typeof parseDirectoryCursor> =
				cursor === null ? null : parseDirectoryCursor(cursor);
			const filter = { ...ALL, limit: 1_000, order, cursor: from };
			const page: Awaited<ReturnType<typeof listDirectory>> = await listDirectory(
				app.db,
				scope,
				filter
			);
			met.push(...page.rows.flatMap((buyer) => buyer.buyerKeys));
			cursor = page.nextCursor;
		} while (cursor !== null);
		expect(met).toHaveLength(BUYERS);
		expect(new Set(met).size).toBe(BUYERS);
	}
});

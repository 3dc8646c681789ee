import { Kysely, PostgresDialect } from 'kysely';
import type { CompiledQuery } from 'kysely';
import pg from 'pg';
import { z } from 'zod';
import type { Database, Db } from '../../src/lib/server/history/database.ts';

/** A connection of its own to a test's database that knows what it was asked. */
export type WatchedDb = {
	readonly db: Db;
	/**
	 * Makes the call, then runs each query that it made once more and adds up the rows of the table that
	 * Postgres looked at, whether the query wanted them or not.
	 */
	rowsRead(table: string, call: () => Promise<unknown>): Promise<number>;
	/** Queries of the last call. */
	readonly queries: number;
	close(): Promise<void>;
};

const nodeSchema = z.looseObject({
	'Relation Name': z.string().optional(),
	'Actual Rows': z.number(),
	'Actual Loops': z.number(),
	'Rows Removed by Filter': z.number().default(0),
	'Rows Removed by Index Recheck': z.number().default(0),
	get Plans() {
		return z.array(nodeSchema).optional();
	}
});
type PlanNode = z.output<typeof nodeSchema>;
const planSchema = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: nodeSchema })]) })]);

function rowsOf(node: PlanNode, table: string): number {
	const below = (node.Plans ?? []).reduce((sum, child) => sum + rowsOf(child, table), 0);
	if (node['Relation Name'] !== table) return below;
	const each =
		node['Actual Rows'] + node['Rows Removed by Filter'] + node['Rows Removed by Index Recheck'];
	return below + Math.round(each * node['Actual Loops']);
}

/** Close it before the test's context. */
export function watchDatabase(url: string): WatchedDb {
	let asked: CompiledQuery[] = [];
	const pool = new pg.Pool({ connectionString: url, max: 2 });
	const db = new Kysely<Database>({
		dialect: new PostgresDialect({ pool }),
		log: ({ query }) => void asked.push(query)
	});
	return {
		db,
		async rowsRead(table, call) {
			asked = [];
			await call();
			let rows = 0;
			for (const { sql, parameters } of asked) {
				if (!/^\s*(select|with)\b/.test(sql)) continue;
				const explained = await pool.query(`explain (analyze, format json) ${sql}`, [
					...parameters
				]);
				const [{ 'QUERY PLAN': plan }] = planSchema.parse(explained.rows);
				rows += rowsOf(plan[0].Plan, table);
			}
			return rows;
		},
		get queries() {
			return asked.length;
		},
		close: () => db.destroy()
	};
}

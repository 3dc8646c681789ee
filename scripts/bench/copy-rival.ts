import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/** The tables that a comment or a claim gets into, in an order that their references allow. */
const COPIED_TABLES = ['items', 'events', 'comments', 'claims'] as const;

/** The rows of these tables as COPY writes them, ready to be sent. */
export type CopiedRows = ReadonlyMap<string, Buffer>;

export async function copyOut(client: pg.ClientBase): Promise<CopiedRows> {
	const rows = new Map<string, Buffer>();
	for (const table of COPIED_TABLES) {
		const chunks = await client.query(copyTo(`copy ${table} to stdout`)).toArray();
		rows.set(table, Buffer.concat(chunks));
	}
	return rows;
}

/** Copies the rows into the empty tables, in one transaction. */
export async function copyIn(client: pg.ClientBase, rows: CopiedRows): Promise<void> {
	await client.query('begin');
	for (const [table, bytes] of rows) {
		await pipeline(Readable.from([bytes]), client.query(copyFrom(`copy ${table} from stdin`)));
	}
	await client.query('commit');
}

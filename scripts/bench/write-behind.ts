import { sql } from 'kysely';
import pg from 'pg';
import { allowErasing } from '../../src/lib/server/history/audit.ts';
import { showKey } from '../../src/lib/server/redis/keys.ts';
import { forgetShow, manyItems, mixedComment, startShow } from './bench-shows.ts';
import { copyIn, copyOut } from './copy-rival.ts';
import { interleave, perSecond, ratio, spread } from './rounds.ts';
import type { Spread } from './statistics.ts';
import { spreadOf } from './statistics.ts';
import type { Workbench } from './workbench.ts';

const IN_FLIGHT = 64;
const ITEMS = 50;
const CLAIM_EVERY = 4;
/** The parts of a show that the write-behind changes in Redis. */
const CHANGED_KEYS = ['meta', 'events'] as const;

export type WriteBehindFigures = {
	readonly events: number;
	/** Rows of events, comments and claims together. */
	readonly rows: number;
	readonly eventsPerSecond: Spread;
	readonly rowsPerSecond: Spread;
	/** Rows per second that COPY brings into the same tables, all of them in one transaction. */
	readonly copyRowsPerSecond: Spread;
	readonly writeBehindVsCopy: Spread;
};

/** A show with so many comments whose whole log is in its stream and not yet in Postgres. */
export async function prepareShow(bench: Workbench, comments: number): Promise<string> {
	const { context, signal, workspaceId } = bench;
	const showId = await startShow(context, workspaceId, manyItems(ITEMS, 20));
	const take = (index: number): Promise<unknown> =>
		context.comments.take(showId, mixedComment(index, CLAIM_EVERY, ITEMS));
	await perSecond(comments, IN_FLIGHT, take, signal);
	return showId;
}

async function countRows({ context }: Workbench): Promise<{ events: number; rows: number }> {
	const result = await sql<{ events: string; rows: string }>`
		select (select count(*) from events) as events,
			(select count(*) from events) + (select count(*) from comments)
				+ (select count(*) from claims) as rows
	`.execute(context.db);
	return { events: Number(result.rows[0]?.events), rows: Number(result.rows[0]?.rows) };
}

/**
 * How fast a prepared stream gets into Postgres, and how fast the same rows do by COPY. Each turn
 * starts from the same stream and empty tables. Postgres flushes each commit; Redis keeps its append-only
 * file, where there is one.
 */
export async function benchWriteBehind(bench: Workbench): Promise<WriteBehindFigures> {
	const { context, signal } = bench;
	await bench.setDurability('relaxed');
	const showId = await prepareShow(bench, bench.quick ? 12_000 : 40_000);
	const { redis, db } = context;
	const kept = (key: (typeof CHANGED_KEYS)[number]): string => `${showKey(showId, key)}:kept`;
	for (const key of CHANGED_KEYS) await redis.copy(showKey(showId, key), kept(key));
	if (bench.durabilities.includes('durable')) await bench.setDurability('durable');

	const emptyTables = async (): Promise<void> => {
		await db.transaction().execute(async (tx) => {
			await allowErasing(tx);
			await sql`truncate events, comments, claims, items, audit_log`.execute(tx);
		});
		await db.updateTable('shows').set({ last_seq: 0 }).where('id', '=', showId).execute();
	};
	const seconds = async (work: () => Promise<unknown>): Promise<number> => {
		const startedAt = performance.now();
		await work();
		return (performance.now() - startedAt) / 1_000;
	};
	const persist = async (): Promise<number> => {
		await emptyTables();
		for (const key of CHANGED_KEYS) await redis.copy(kept(key), showKey(showId, key), 'REPLACE');
		return await seconds(() => context.writeBehind.persist(showId));
	};
	const client = new pg.Client(bench.postgresUrl('durable'));
	await client.connect();
	try {
		await persist();
		const size = await countRows(bench);
		const rows = await copyOut(client);
		const figures = await interleave<'persist' | 'copy'>(
			new Map([
				['persist', async () => size.rows / (await persist())],
				[
					'copy',
					async () => {
						await emptyTables();
						return size.rows / (await seconds(() => copyIn(client, rows)));
					}
				]
			]),
			signal
		);
		const share = size.events / size.rows;
		return {
			...size,
			eventsPerSecond: spreadOf((figures.get('persist') ?? []).map((rate) => rate * share)),
			rowsPerSecond: spread(figures, 'persist'),
			copyRowsPerSecond: spread(figures, 'copy'),
			writeBehindVsCopy: ratio(figures, 'persist', 'copy')
		};
	} finally {
		await client.end();
		await forgetShow(context, showId);
		await redis.unlink(...CHANGED_KEYS.map(kept));
	}
}

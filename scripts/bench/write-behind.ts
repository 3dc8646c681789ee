import { sql } from 'kysely';
import { allowErasing } from '../../src/lib/server/history/audit.ts';
import { showKey } from '../../src/lib/server/redis/keys.ts';
import { forgetShow, mixedComment, startShow } from './bench-shows.ts';
import { ROUNDS, perSecond } from './rounds.ts';
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
};

/** A show whose whole log is in its stream and not yet in Postgres. */
async function prepareShow(bench: Workbench): Promise<string> {
	const { context, signal, workspaceId } = bench;
	const comments = bench.quick ? 12_000 : 40_000;
	const items = Object.fromEntries(Array.from({ length: ITEMS }, (_, item) => [item + 1, 20]));
	const showId = await startShow(context, workspaceId, items);
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
 * How fast a prepared stream gets into Postgres. Each round starts from the same stream and empty
 * tables. Postgres flushes each commit; Redis keeps its append-only file, where there is one.
 */
export async function benchWriteBehind(bench: Workbench): Promise<WriteBehindFigures> {
	const { context, signal } = bench;
	await bench.setDurability('relaxed');
	const showId = await prepareShow(bench);
	const { redis, db } = context;
	const kept = (key: (typeof CHANGED_KEYS)[number]): string => `${showKey(showId, key)}:kept`;
	for (const key of CHANGED_KEYS) await redis.copy(showKey(showId, key), kept(key));
	if (bench.durabilities.includes('durable')) await bench.setDurability('durable');

	const seconds: number[] = [];
	let size = { events: 0, rows: 0 };
	for (let round = 0; round <= ROUNDS; round++) {
		signal.throwIfAborted();
		await db.transaction().execute(async (tx) => {
			await allowErasing(tx);
			await sql`truncate events, comments, claims, items, audit_log`.execute(tx);
		});
		await db.updateTable('shows').set({ last_seq: 0 }).where('id', '=', showId).execute();
		for (const key of CHANGED_KEYS) await redis.copy(kept(key), showKey(showId, key), 'REPLACE');
		const startedAt = performance.now();
		await context.writeBehind.persist(showId);
		const elapsed = (performance.now() - startedAt) / 1_000;
		if (round > 0) seconds.push(elapsed);
		size = await countRows(bench);
	}
	await forgetShow(context, showId);
	await redis.unlink(...CHANGED_KEYS.map(kept));
	return {
		...size,
		eventsPerSecond: spreadOf(seconds.map((elapsed) => size.events / elapsed)),
		rowsPerSecond: spreadOf(seconds.map((elapsed) => size.rows / elapsed))
	};
}

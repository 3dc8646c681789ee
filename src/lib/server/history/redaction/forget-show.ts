import { sql } from 'kysely';
import { z } from 'zod';
import { SHOW_KEYS, showKey } from '../../redis/keys.ts';
import { runScript } from '../../redis/run-script.ts';
import type { RedisClient } from '../../redis/run-script.ts';
import type { LuaScript } from '../../redis/script-loader.ts';
import type { Db } from '../database.ts';

/** Where the live state of shows is. */
export type LiveShows = {
	readonly redis: RedisClient;
	readonly scripts: ReadonlyMap<string, LuaScript>;
};

/** A show as Postgres holds it. */
export type StoredShow = {
	readonly id: string;
	readonly status: 'draft' | 'active' | 'paused' | 'ended';
	/** Seq of the last event that Postgres has. */
	readonly lastSeq: number;
};

/** Why a show is not at rest: it takes comments, or Redis holds events that Postgres has not got yet. */
export type Unrest = 'running' | 'not_persisted';

const replySchema = z.tuple([z.string(), z.string(), z.string(), z.string()]);

/**
 * Locks these shows until the transaction ends, and returns those that exist. Nobody rebuilds one of them
 * meanwhile, so that no copy of what is about to change gets into Redis, and no write-behind adds to them.
 * Both locks are taken in the order of ids, the one that recovery.ts takes first.
 */
export async function lockShows(tx: Db, showIds: readonly string[]): Promise<StoredShow[]> {
	const ids = [...new Set(showIds)].sort();
	for (const id of ids) {
		await sql`select pg_advisory_xact_lock(hashtextextended(${id}, 0))`.execute(tx);
	}
	const rows = await tx
		.selectFrom('shows')
		.select(['id', 'status', 'last_seq'])
		.where('id', '=', sql<string>`any(${ids}::uuid[])`)
		.orderBy('id')
		.forUpdate()
		.execute();
	return rows.map(({ id, status, last_seq }) => ({ id, status, lastSeq: Number(last_seq) }));
}

/**
 * Lets a locked show go from Redis; null when it is gone. Otherwise nothing changed. Call it last in the
 * transaction: what is rebuilt afterwards waits for its end, and reads what it has written.
 */
export async function forgetShow(
	{ redis, scripts }: LiveShows,
	show: StoredShow
): Promise<Unrest | null> {
	const lua = scripts.get('forget-show');
	if (!lua) throw new Error('lua/forget-show.lua does not exist');
	const rest = SHOW_KEYS.filter((key) => key !== 'meta' && key !== 'live');
	const keys = ['meta' as const, 'live' as const, ...rest].map((key) => showKey(show.id, key));
	const [code] = replySchema.parse(await runScript(redis, lua, keys, [String(show.lastSeq)]));
	switch (code) {
		case 'OK':
		case 'SHOW_MISSING':
			return null;
		case 'SHOW_RUNNING':
			return 'running';
		case 'NOT_PERSISTED':
			return 'not_persisted';
		default:
			throw new Error(`lua/forget-show.lua answered an unknown code ${code}`);
	}
}

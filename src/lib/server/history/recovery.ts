import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pLimit from 'p-limit';
import { z } from 'zod';
import type { LogPosition } from '../../domain/events.ts';
import type { ShowState } from '../../domain/show-state.ts';
import { BLOCK_BUYERS_SCRIPT } from '../allocator/block-lists.ts';
import type { BlockList } from '../allocator/block-lists.ts';
import type { IncomingComment } from '../allocator/comment.ts';
import { AppError } from '../errors.ts';
import { failpoint } from '../failpoints.ts';
import type { Logger } from '../observability/logger.ts';
import { SHOW_KEYS, STAGED_KEYS, forkedKey, showKey, stagingKey } from '../redis/keys.ts';
import { runScript } from '../redis/run-script.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { LuaScript } from '../redis/script-loader.ts';
import { readBlockListOfShow } from './block-list.ts';
import type { Db } from './database.ts';
import { retakeForked } from './forked-log.ts';
import { continuesHistory, readLiveLog } from './live-log.ts';
import { persistedPosition, readPostgresState } from './postgres-state.ts';
import { retireShow } from './retire-show.ts';
import { ShowStaging } from './show-staging.ts';
import type { StagedEntries } from './show-staging.ts';
import { withLongStatements } from './statement-timeout.ts';

/** Rebuilds at the same time in one process: each holds a database connection for its lock. */
const MAX_CONCURRENT = 2;

export type RecoveryOptions = {
	readonly db: Db;
	readonly redis: RedisClient;
	readonly scripts: ReadonlyMap<string, LuaScript>;
	readonly logger: Logger;
	readonly endedShowTtlSeconds: number;
	/** Persists what a damaged show still holds, so that the rebuild keeps it. */
	readonly drain: (showId: string) => Promise<unknown>;
	/** Takes a comment in again that only the replaced log knew. */
	readonly retake: (showId: string, comment: IncomingComment) => Promise<unknown>;
	/** Called after each rebuild with what lua/restore-commit.lua answered, for metrics. */
	readonly onRebuilt?: (code: string, durationMs: number) => void;
};

/** What may stand in Redis in place of a rebuilt show. Seq null: wherever it stands, its log is put aside. */
type Replaced = { readonly epoch: string; readonly seq: number | null };

/** A rebuild starts over when Redis changed or lost its parts meanwhile; after this often it gives up. */
const MAX_ATTEMPTS = 5;
const RETRY_MS = 20;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const commitSchema = z.tuple([z.string(), z.string(), z.string(), z.string()]);

const EPOCH_ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** A name for a stretch of a show's history that was never lost: 10 random letters and digits. */
export function newEpoch(): string {
	return Array.from(randomBytes(10), (byte) => EPOCH_ALPHABET[byte % 32]).join('');
}

/**
 * Rebuilds shows in Redis from Postgres under a new epoch (DESIGN rule 6).
 *
 * The order makes it safe against everything else that runs:
 * 1. the new epoch is stored in Postgres first: a write-behind still holding events of the old
 *    epoch can no longer commit, so what is read next stays true;
 * 2. the state is staged beside the live keys, in bounded pieces;
 * 3. one script makes it live, if all of it is there and nobody else changed the show meanwhile;
 *    else it starts over.
 *
 * A log that does not go on from where Postgres stands may hold what was acknowledged by processes that
 * took it for a healthy one: it is put aside, and its comments are taken in again afterwards.
 */
export class Recovery {
	readonly #options: RecoveryOptions;
	/** By show and damaged epoch. */
	readonly #running = new Map<string, Promise<void>>();
	readonly #limit = pLimit(MAX_CONCURRENT);

	constructor(options: RecoveryOptions) {
		this.#options = options;
	}

	/**
	 * Makes the show live in Redis as a continuation of what Postgres holds. `damaged` is the position
	 * to which Redis fell back, when the caller has seen more of that epoch. Throws `SHOW_NOT_FOUND`,
	 * and `UNAVAILABLE` when the show keeps changing underneath.
	 */
	async recover(showId: string, damaged: LogPosition | null): Promise<void> {
		if (!UUID.test(showId)) throw new AppError('SHOW_NOT_FOUND');
		// One that does not know of the damage may find the show well.
		const key = `${showId}:${damaged?.epoch ?? ''}`;
		const running = this.#running.get(key);
		if (running) return await running;
		const run = this.#limit(() => this.#recover(showId, damaged))
			.finally(() => this.#running.delete(key))
			.then((forked) => {
				if (forked !== null) void this.retake(showId, forked);
			});
		this.#running.set(key, run);
		return await run;
	}

	/**
	 * One process rebuilds, the others wait for it and then find nothing to do. Returns the epoch of a
	 * rebuild that put a log aside.
	 */
	async #recover(showId: string, damaged: LogPosition | null): Promise<string | null> {
		return await this.#options.db.connection().execute(async (connection) => {
			await withLongStatements(connection, () =>
				sql`select pg_advisory_lock(hashtextextended(${showId}, 0))`.execute(connection)
			);
			try {
				for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
					const made = await this.#make(showId, damaged);
					if (made) return made.forked;
					await sleep(attempt * RETRY_MS);
				}
				throw new AppError('UNAVAILABLE');
			} finally {
				await sql`select pg_advisory_unlock(hashtextextended(${showId}, 0))`.execute(connection);
			}
		});
	}

	/** Rebuilds the show unless Redis holds it well. Null when somebody else changed it meanwhile. */
	async #make(
		showId: string,
		damaged: LogPosition | null
	): Promise<{ readonly forked: string | null } | null> {
		const { db, redis } = this.#options;
		const cursor = await persistedPosition(db, showId);
		if (!cursor) throw new AppError('SHOW_NOT_FOUND');
		const live = await readLiveLog(redis, showId);
		const continued =
			live !== null && (await continuesHistory(this.#options, showId, live, cursor));
		if (!continued) {
			const epoch = await this.#rebuild(showId, () => live && { epoch: live.epoch, seq: null });
			return epoch === null ? null : { forked: live && epoch };
		}
		const isDamaged = live.retired || live.epoch === damaged?.epoch;
		if (live.epoch === cursor.epoch && !isDamaged) return { forked: null };
		// What a damaged show has and Postgres has not was acknowledged as well: it is kept. Whoever has not
		// noticed the damage would write on, and the show never stand still where the rebuild ends.
		await this.#options.drain(showId);
		await retireShow(redis, this.#options.scripts, showId, live.epoch);
		await this.#options.drain(showId);
		const epoch = await this.#rebuild(showId, (seq) => ({ epoch: live.epoch, seq }));
		return epoch === null ? null : { forked: null };
	}

	/**
	 * `replaced`: what may stand in Redis in place of the rebuilt show, given the seq of the latter.
	 * Returns the new epoch, null when something else stood there.
	 */
	async #rebuild(
		showId: string,
		replaced: (seq: number) => Replaced | null
	): Promise<string | null> {
		const { db, redis } = this.#options;
		const startedAt = performance.now();
		const epoch = newEpoch();
		if (!(await this.#fence(showId, epoch))) throw new AppError('SHOW_NOT_FOUND');
		failpoint('rebuild-fenced');
		const state = await readPostgresState(db, showId);
		if (!state) throw new AppError('SHOW_NOT_FOUND');
		const blocks = await readBlockListOfShow(db, showId);
		const staging = new ShowStaging(db, redis, this.#script('restore-stage'));
		const staged = await staging.stage(state, blocks, epoch);
		failpoint('rebuild-staged');
		const code = await this.#commit(state, epoch, replaced(state.seq), staged);
		if (code === 'OK') await this.#renewBlocks(showId, blocks);
		const durationMs = Math.round(performance.now() - startedAt);
		this.#options.onRebuilt?.(code, durationMs);
		const facts = { showId, epoch, seq: state.seq, comments: staged.comments, code, durationMs };
		this.#options.logger.info(facts, 'show rebuilt from Postgres');
		return code === 'OK' ? epoch : null;
	}

	/**
	 * Takes in what a log that was put aside knew. Never throws: the sweep tries again. A rebuild does not
	 * wait for it: it calls scripts, and those that find the show lost again wait for a rebuild.
	 */
	async retake(showId: string, epoch: string): Promise<void> {
		const { logger } = this.#options;
		try {
			await retakeForked(this.#options, showId, epoch);
		} catch (error) {
			logger.error({ err: error, showId, epoch }, 'a log that was put aside could not be taken in');
		}
	}

	async #fence(showId: string, epoch: string): Promise<boolean> {
		const fenced = await this.#options.db
			.updateTable('shows')
			.set({ epoch })
			.where('id', '=', showId)
			.executeTakeFirst();
		return fenced.numUpdatedRows > 0n;
	}

	async #commit(
		state: ShowState,
		epoch: string,
		replaced: Replaced | null,
		staged: StagedEntries
	): Promise<string> {
		const keys = [
			...STAGED_KEYS.map((key) => showKey(state.showId, key)),
			...SHOW_KEYS.filter((key) => key === 'events' || key === 'live').map((key) =>
				showKey(state.showId, key)
			),
			...STAGED_KEYS.map((key) => stagingKey(state.showId, epoch, key)),
			forkedKey(state.showId, epoch),
			showKey(state.showId, 'aside')
		];
		const ttl = state.status === 'ended' ? this.#options.endedShowTtlSeconds : 0;
		const reply = await runScript(this.#options.redis, this.#script('restore-commit'), keys, [
			replaced?.epoch ?? '',
			replaced === null ? '0' : String(replaced.seq ?? ''),
			epoch,
			String(ttl),
			...STAGED_KEYS.map((key) => String(staged[key]))
		]);
		return commitSchema.parse(reply)[0];
	}

	/** Somebody may have been blocked while the show was rebuilt and was not there to be told. */
	async #renewBlocks(showId: string, staged: BlockList): Promise<void> {
		const list = await readBlockListOfShow(this.#options.db, showId);
		if (list.version === staged.version) return;
		const keys = BLOCK_BUYERS_SCRIPT.keys.map((key) => showKey(showId, key));
		const args = ['', '0', String(list.version), ...list.buyerKeys];
		await runScript(this.#options.redis, this.#script(BLOCK_BUYERS_SCRIPT.name), keys, args);
	}

	#script(name: string): LuaScript {
		const script = this.#options.scripts.get(name);
		if (!script) throw new Error(`lua/${name}.lua does not exist`);
		return script;
	}
}

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pLimit from 'p-limit';
import { z } from 'zod';
import type { LogPosition } from '../../domain/events.ts';
import { COUNTERS } from '../../domain/show-state.ts';
import type { Claim, ShowState } from '../../domain/show-state.ts';
import { BLOCK_BUYERS_SCRIPT } from '../allocator/block-lists.ts';
import type { BlockList } from '../allocator/block-lists.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../observability/logger.ts';
import { SHOW_KEYS, STAGED_KEYS, showKey, stagingKey } from '../redis/keys.ts';
import type { StagedKey } from '../redis/keys.ts';
import { runScript } from '../redis/run-script.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { LuaScript } from '../redis/script-loader.ts';
import { readBlockListOfShow } from './block-list.ts';
import type { Db } from './database.ts';
import { continuesHistory, readLiveLog } from './live-log.ts';
import { persistedPosition, readPostgresState } from './postgres-state.ts';
import { readStagedComments } from './staged-comments.ts';

/** Values per script call; Lua's `unpack` fails near 8,000 elements (the queue doubles them). */
const STAGE_VALUES = 3_000;
/** A rebuild that dies leaves its staging keys behind for this long. */
const STAGING_TTL_SECONDS = 900;
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
};

/** A rebuild starts over when Redis changed or lost its parts meanwhile; after this often it gives up. */
const MAX_ATTEMPTS = 5;
const RETRY_MS = 20;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const commitSchema = z.tuple([z.string(), z.string(), z.string(), z.string()]);

type StagedEntries = Record<StagedKey, number>;

/** What lua/restore-stage.lua makes of each part. */
const KINDS: Record<StagedKey, 'hash' | 'queue' | 'set'> = {
	meta: 'hash',
	items: 'hash',
	claims: 'hash',
	queue: 'queue',
	comments: 'hash',
	channels: 'hash',
	blocked: 'set'
};

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
 */
export class Recovery {
	readonly #options: RecoveryOptions;
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
		const running = this.#running.get(showId);
		if (running) return await running;
		const run = this.#limit(() => this.#recover(showId, damaged)).finally(() =>
			this.#running.delete(showId)
		);
		this.#running.set(showId, run);
		return await run;
	}

	/** One process rebuilds, the others wait for it and then find nothing to do. */
	async #recover(showId: string, damaged: LogPosition | null): Promise<void> {
		await this.#options.db.connection().execute(async (connection) => {
			await sql`select pg_advisory_lock(hashtextextended(${showId}, 0))`.execute(connection);
			try {
				for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
					if (await this.#isWhole(showId, damaged)) return;
					await sleep(attempt * RETRY_MS);
				}
				throw new AppError('UNAVAILABLE');
			} finally {
				await sql`select pg_advisory_unlock(hashtextextended(${showId}, 0))`.execute(connection);
			}
		});
	}

	/** Rebuilds the show unless Redis holds it well. False when somebody else changed it meanwhile. */
	async #isWhole(showId: string, damaged: LogPosition | null): Promise<boolean> {
		const { db, redis } = this.#options;
		const cursor = await persistedPosition(db, showId);
		if (!cursor) throw new AppError('SHOW_NOT_FOUND');
		const live = await readLiveLog(redis, showId);
		const continued = live !== null && continuesHistory(live, cursor);
		if (continued) {
			if (live.epoch === cursor.epoch && live.epoch !== damaged?.epoch) return true;
			// What a damaged show has and Postgres has not was acknowledged as well: it is kept.
			await this.#options.drain(showId);
		}
		return await this.#rebuild(
			showId,
			(seq) => live && { ...live, seq: continued ? seq : live.seq }
		);
	}

	/** `replaced`: what may stand in Redis in place of the rebuilt show, given the seq of the latter. */
	async #rebuild(showId: string, replaced: (seq: number) => LogPosition | null): Promise<boolean> {
		const startedAt = performance.now();
		const epoch = newEpoch();
		if (!(await this.#fence(showId, epoch))) throw new AppError('SHOW_NOT_FOUND');
		const state = await readPostgresState(this.#options.db, showId);
		if (!state) throw new AppError('SHOW_NOT_FOUND');
		const blocks = await readBlockListOfShow(this.#options.db, showId);
		const staged = await this.#stage(state, blocks, epoch);
		const code = await this.#commit(state, epoch, replaced(state.seq), staged);
		if (code === 'OK') await this.#renewBlocks(showId, blocks);
		const durationMs = Math.round(performance.now() - startedAt);
		const facts = { showId, epoch, seq: state.seq, comments: staged.comments, code, durationMs };
		this.#options.logger.info(facts, 'show rebuilt from Postgres');
		return code === 'OK';
	}

	async #fence(showId: string, epoch: string): Promise<boolean> {
		const fenced = await this.#options.db
			.updateTable('shows')
			.set({ epoch })
			.where('id', '=', showId)
			.executeTakeFirst();
		return fenced.numUpdatedRows > 0n;
	}

	/** Returns how many entries each staging key got. */
	async #stage(state: ShowState, blocks: BlockList, epoch: string): Promise<StagedEntries> {
		const entries: StagedEntries = {
			meta: 0,
			items: 0,
			claims: 0,
			queue: 0,
			comments: 0,
			channels: 0,
			blocked: 0
		};
		const put = async (key: StagedKey, values: string[]): Promise<void> => {
			await this.#put(state.showId, epoch, key, values);
			entries[key] += KINDS[key] === 'hash' ? values.length / 2 : values.length;
		};
		const items = [...state.items.values()];
		await put(
			'items',
			items.flatMap(({ number, id, title, quantity, state: itemState, winners, changedSeq }) => [
				...[`${number}:id`, id, `${number}:title`, title, `${number}:quantity`, String(quantity)],
				...[`${number}:state`, itemState, `${number}:won`, String(winners.length)],
				...[`${number}:changed`, String(changedSeq)]
			])
		);
		const claims = items.flatMap((item) => [...item.winners, ...item.waitlist]);
		await put(
			'claims',
			claims.flatMap((claim) => [`${claim.item}|${claim.buyer.key}`, JSON.stringify(claim)])
		);
		await put(
			'queue',
			items.flatMap((item) => item.waitlist.map(queueMember))
		);
		await put(
			'channels',
			[...state.channels.values()].flatMap((report) => [report.channelId, JSON.stringify(report)])
		);
		await put('blocked', [...blocks.buyerKeys]);
		// An ended show takes no comments, so nothing asks for their identities any more.
		if (state.status !== 'ended') await this.#stageComments(state, put);
		await put('meta', [
			...['status', state.status, 'epoch', epoch, 'seq', String(state.seq)],
			...['name', state.settings.name],
			...['claimWord', state.settings.claimWord, 'passWord', state.settings.passWord],
			...['persisted', String(state.seq), 'blockVersion', String(blocks.version)],
			...(state.showing === null ? [] : ['showing', state.showing]),
			...COUNTERS.flatMap((counter) => [`n:${counter}`, String(state.counters[counter])])
		]);
		return entries;
	}

	/**
	 * Identities and first results of all comments, page by page: a million take little memory. Postgres
	 * reads a page while Redis stages the one before.
	 */
	async #stageComments(
		state: ShowState,
		put: (key: StagedKey, values: string[]) => Promise<void>
	): Promise<void> {
		let staging = Promise.resolve();
		for (let after: string | null = '0'; after !== null;) {
			const { values, last } = await readStagedComments(this.#options.db, state.showId, after);
			await staging;
			staging = put('comments', values);
			// Its failure is heard when it is awaited; until then it must not count as unheard.
			staging.catch(() => undefined);
			after = last;
		}
		await staging;
	}

	async #put(showId: string, epoch: string, key: StagedKey, values: string[]): Promise<void> {
		const lua = this.#script('restore-stage');
		for (let index = 0; index < values.length; index += STAGE_VALUES) {
			await runScript(
				this.#options.redis,
				lua,
				[stagingKey(showId, epoch, key)],
				[KINDS[key], String(STAGING_TTL_SECONDS), ...values.slice(index, index + STAGE_VALUES)]
			);
		}
	}

	async #commit(
		state: ShowState,
		epoch: string,
		replaced: LogPosition | null,
		staged: StagedEntries
	): Promise<string> {
		const keys = [
			...STAGED_KEYS.map((key) => showKey(state.showId, key)),
			...SHOW_KEYS.filter((key) => key === 'events' || key === 'live').map((key) =>
				showKey(state.showId, key)
			),
			...STAGED_KEYS.map((key) => stagingKey(state.showId, epoch, key))
		];
		const ttl = state.status === 'ended' ? this.#options.endedShowTtlSeconds : 0;
		const reply = await runScript(this.#options.redis, this.#script('restore-commit'), keys, [
			replaced?.epoch ?? '',
			String(replaced?.seq ?? 0),
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

/** The member of `queue` that lua/includes/claims.lua makes: bytes order it by item, then rank. */
function queueMember(claim: Claim): string {
	const item = claim.item.padStart(6, '0');
	const rank = String(claim.rank).padStart(16, '0');
	return `${item}|${rank}|${claim.buyer.key}`;
}

import type { Claim, ShowState } from '../../domain/show-state.ts';
import { COUNTERS } from '../../domain/show-state.ts';
import type { BlockList } from '../allocator/block-lists.ts';
import { stagingKey } from '../redis/keys.ts';
import type { StagedKey } from '../redis/keys.ts';
import { runScript } from '../redis/run-script.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { LuaScript } from '../redis/script-loader.ts';
import type { Db } from './database.ts';
import { readStagedComments } from './staged-comments.ts';

/** Values per script call; Lua's `unpack` fails near 8,000 elements (the queue doubles them). */
const STAGE_VALUES = 3_000;
/** A rebuild that dies leaves its staging keys behind for this long. */
const STAGING_TTL_SECONDS = 900;

/** How many entries each staging key got. */
export type StagedEntries = Record<StagedKey, number>;

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

/** Stages a show beside its live keys, in bounded pieces, for lua/restore-commit.lua to make it live. */
export class ShowStaging {
	readonly #db: Db;
	readonly #redis: RedisClient;
	readonly #script: LuaScript;

	constructor(db: Db, redis: RedisClient, script: LuaScript) {
		this.#db = db;
		this.#redis = redis;
		this.#script = script;
	}

	/** Stages the state as that of a new epoch. Returns how many entries each staging key got. */
	async stage(state: ShowState, blocks: BlockList, epoch: string): Promise<StagedEntries> {
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
			const { values, last } = await readStagedComments(this.#db, state.showId, after);
			await staging;
			staging = put('comments', values);
			// Its failure is heard when it is awaited; until then it must not count as unheard.
			staging.catch(() => undefined);
			after = last;
		}
		await staging;
	}

	async #put(showId: string, epoch: string, key: StagedKey, values: string[]): Promise<void> {
		for (let index = 0; index < values.length; index += STAGE_VALUES) {
			await runScript(
				this.#redis,
				this.#script,
				[stagingKey(showId, epoch, key)],
				[KINDS[key], String(STAGING_TTL_SECONDS), ...values.slice(index, index + STAGE_VALUES)]
			);
		}
	}
}

/** The member of `queue` that lua/includes/claims.lua makes: bytes order it by item, then rank. */
function queueMember(claim: Claim): string {
	const item = claim.item.padStart(6, '0');
	const rank = String(claim.rank).padStart(16, '0');
	return `${item}|${rank}|${claim.buyer.key}`;
}

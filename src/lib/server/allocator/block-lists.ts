import { z } from 'zod';
import { showKey } from '../redis/keys.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { ScriptRunner, ShowScript } from './script-runner.ts';

export const BLOCK_BUYERS_SCRIPT = {
	name: 'block-buyers',
	keys: ['meta', 'blocked']
} as const satisfies ShowScript;

/** Most buyers that a workspace can block. Bounds the loop of `lua/block-buyers.lua`. */
export const MAX_BLOCKED_BUYERS = 5_000;

/** All buyers whose claims don't count in a workspace, linked identities included. */
export type BlockList = {
	/** Grows with every change; 0 for a workspace that never blocked anybody. */
	readonly version: number;
	readonly buyerKeys: readonly string[];
};

/** The shows' copies of their workspace's block list (docs/decisions/0012-block-list.md). */
export class BlockLists {
	readonly #runner: ScriptRunner;
	readonly #redis: RedisClient;

	constructor(runner: ScriptRunner, redis: RedisClient) {
		this.#runner = runner;
		this.#redis = redis;
	}

	/**
	 * Replaces the show's copy, unless it is as new already: from then on no claim of these buyers
	 * counts. Rebuilds a show that Redis does not hold. Throws `SHOW_NOT_FOUND`, `UNAVAILABLE`.
	 */
	async replace(showId: string, list: BlockList): Promise<void> {
		const args = [String(list.version), ...list.buyerKeys];
		await this.#runner.act(BLOCK_BUYERS_SCRIPT, showId, args, z.unknown());
	}

	/** Version of the show's copy, 0 when it has none; null when Redis does not hold the show. */
	async version(showId: string): Promise<number | null> {
		const [epoch, version] = await this.#redis.hmget(
			showKey(showId, 'meta'),
			'epoch',
			'blockVersion'
		);
		return epoch ? Number(version ?? 0) : null;
	}
}

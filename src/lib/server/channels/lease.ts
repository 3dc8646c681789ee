import { randomUUID } from 'node:crypto';
import { leaseKey } from '../redis/keys.ts';
import { runScript } from '../redis/run-script.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { LuaScript } from '../redis/script-loader.ts';

/**
 * The right of one holder at a time to do something for a show. It ends by itself when its holder dies;
 * a holder that was stopped for longer than that may overlap with the next one, so what is done under a
 * lease must bear being done twice.
 */
export class Lease {
	readonly #redis: RedisClient;
	readonly #script: LuaScript;
	readonly #key: string;
	readonly #holder = randomUUID();

	constructor(
		services: { readonly redis: RedisClient; readonly scripts: ReadonlyMap<string, LuaScript> },
		showId: string,
		what: string
	) {
		const script = services.scripts.get('lease');
		if (!script) throw new Error('lua/lease.lua does not exist');
		this.#redis = services.redis;
		this.#script = script;
		this.#key = leaseKey(showId, what);
	}

	/** Takes or renews it for `ms` from now. False when somebody else has it. */
	async take(ms: number): Promise<boolean> {
		return (await this.#run(ms)) === 1;
	}

	async giveBack(): Promise<void> {
		await this.#run(0);
	}

	async #run(ms: number): Promise<unknown> {
		return await runScript(
			this.#redis,
			this.#script,
			[this.#key],
			[this.#holder, String(Math.round(ms))]
		);
	}
}

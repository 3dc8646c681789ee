import { randomUUID } from 'node:crypto';
import { leaseKey } from '../redis/keys.ts';
import { runScript } from '../redis/run-script.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { LuaScript } from '../redis/script-loader.ts';

/** How long it lasts without its holder, and how often the holder renews it. */
const LEASE_MS = 6_000;
const RENEW_MS = 2_000;

/**
 * The right of one holder at a time to do something for a show, renewed until it is given back. It ends
 * by itself within six seconds of its holder's death; a holder that was stopped for longer than that may
 * overlap with the next one, so what is done under a lease must bear being done twice.
 */
export class Lease {
	readonly #redis: RedisClient;
	readonly #script: LuaScript;
	readonly #key: string;
	readonly #holder = randomUUID();
	readonly #lost = new AbortController();
	#renewal: NodeJS.Timeout | null = null;

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

	/** Aborted once the lease could not be renewed: somebody else may have it by now. */
	get lost(): AbortSignal {
		return this.#lost.signal;
	}

	/** Takes it. False when somebody else has it. */
	async take(): Promise<boolean> {
		if (!(await this.#run(LEASE_MS))) return false;
		this.#renewal ??= setInterval(() => {
			this.#run(LEASE_MS).then(
				(renewed) => renewed || this.#lose(),
				() => this.#lose()
			);
		}, RENEW_MS).unref();
		return true;
	}

	async giveBack(): Promise<void> {
		this.#stopRenewing();
		await this.#run(0);
	}

	/** A renewal later on would take it again, for a holder that has given up, and keep it from everybody. */
	#lose(): void {
		this.#stopRenewing();
		this.#lost.abort();
	}

	#stopRenewing(): void {
		if (this.#renewal) clearInterval(this.#renewal);
	}

	async #run(ms: number): Promise<boolean> {
		const args = [this.#holder, String(ms)];
		return (await runScript(this.#redis, this.#script, [this.#key], args)) === 1;
	}
}

import { Lease } from '../channels/lease.ts';
import type { Db } from '../history/database.ts';
import type { Reconciler } from '../history/reconcile/reconciler.ts';
import { unsettledShows } from '../history/unsettled-shows.ts';
import type { Logger } from '../observability/logger.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { LuaScript } from '../redis/script-loader.ts';
import { periodically } from './periodically.ts';

const INTERVAL_MS = 60_000;
/** A run stops here; the shows that it did not come to are the first ones of the next. */
const RUN_BUDGET_MS = 30_000;
const MAX_SHOWS = 2_000;
/** The lease of all reconciling workers, beside those of shows. */
const LEASE_OF_ALL = 'all';

export type ReconcileTimerOptions = {
	readonly db: Db;
	readonly redis: RedisClient;
	readonly scripts: ReadonlyMap<string, LuaScript>;
	readonly reconciler: Reconciler;
	readonly logger: Logger;
	/** Called after each run with how many shows have a damage that could not be healed. */
	readonly onFinished?: (damagedShows: number) => void;
};

/**
 * Has every live show checked once a minute, one after the other, by one worker at a time: it keeps what it
 * has folded. Shows that ended within the hour are checked as well.
 */
export class ReconcileTimer {
	readonly #options: ReconcileTimerOptions;
	readonly #stop: () => Promise<void>;
	/** When each live show was last checked, and whether it was left damaged. */
	#checked = new Map<string, { readonly at: number; readonly damaged: boolean }>();
	#lease: Lease | null = null;
	#closed = false;

	constructor(options: ReconcileTimerOptions) {
		this.#options = options;
		this.#stop = periodically(
			() => this.run(),
			{ everyMs: INTERVAL_MS },
			(error) => options.logger.warn({ err: error }, 'live shows could not be compared')
		);
	}

	/** Checks live shows, those first that were not checked for longest. Returns how many it came to. */
	async run(): Promise<number> {
		if (!(await this.#isOurs())) return 0;
		const startedAt = performance.now();
		const shows = await this.#liveShows();
		const last = (id: string): number => this.#checked.get(id)?.at ?? -Infinity;
		const waiting = shows.toSorted((a, b) => last(a) - last(b));
		let count = 0;
		for (const showId of waiting) {
			if (this.#closed || performance.now() - startedAt > RUN_BUDGET_MS) break;
			await this.#check(showId);
			count++;
		}
		const live = new Set(shows);
		this.#checked = new Map([...this.#checked].filter(([id]) => live.has(id)));
		const damaged = [...this.#checked.values()].filter((show) => show.damaged);
		this.#options.onFinished?.(damaged.length);
		return count;
	}

	async close(): Promise<void> {
		this.#closed = true;
		await this.#stop();
		await this.#lease?.giveBack();
	}

	async #check(showId: string): Promise<void> {
		const { reconciler, logger } = this.#options;
		try {
			const { result, findings } = await reconciler.check(showId);
			const damaged =
				result === 'moved'
					? (this.#checked.get(showId)?.damaged ?? false)
					: findings.some(({ healed }) => !healed);
			this.#checked.set(showId, { at: performance.now(), damaged });
		} catch (error) {
			// One show that can't be compared must not keep the others from it.
			logger.warn({ err: error, showId }, 'a show could not be compared');
		}
	}

	async #isOurs(): Promise<boolean> {
		if (this.#lease?.lost.aborted) this.#lease = null;
		this.#lease ??= new Lease(this.#options, LEASE_OF_ALL, 'reconcile');
		return await this.#lease.take();
	}

	async #liveShows(): Promise<string[]> {
		const rows = await unsettledShows(this.#options.db)
			.select('id')
			.orderBy('updated_at', 'desc')
			.limit(MAX_SHOWS)
			.execute();
		return rows.map(({ id }) => id);
	}
}

import type { Db } from '../history/database.ts';
import { logsAside } from '../history/forked-log.ts';
import { readLiveLog } from '../history/live-log.ts';
import type { Recovery } from '../history/recovery.ts';
import { unsettledShows } from '../history/unsettled-shows.ts';
import type { WriteBehind } from '../history/write-behind.ts';
import type { Logger } from '../observability/logger.ts';
import type { RedisClient } from '../redis/run-script.ts';
import { periodically } from './periodically.ts';

const SWEEP_INTERVAL_MS = 5_000;
const MAX_SHOWS = 5_000;

export type SweepOptions = {
	readonly db: Db;
	readonly redis: RedisClient;
	readonly writeBehind: WriteBehind;
	readonly recovery: Pick<Recovery, 'retake'>;
	readonly logger: Logger;
};

/**
 * Finds shows whose stream is ahead of Postgres and persists them: the net under the wake-up jobs,
 * for a job that was lost with Redis, or that stalled or failed too often. Takes in logs that were put aside
 * and that nobody has taken in, because whoever began it died.
 */
export class Sweep {
	readonly #options: SweepOptions;
	/** Logs that lay aside at the last look; the first one is left to whoever has put it there. */
	#forked: ReadonlySet<string> = new Set();
	/** Stops it; resolves when nothing is under way. */
	readonly close: () => Promise<void>;

	constructor(options: SweepOptions) {
		this.#options = options;
		this.close = periodically(
			() => this.run(),
			{ everyMs: SWEEP_INTERVAL_MS },
			(error) => options.logger.warn({ err: error }, 'the sweep for unpersisted events failed')
		);
	}

	/** Persists every show that lags behind. Returns how many there were. */
	async run(): Promise<number> {
		const { db, redis, writeBehind, logger } = this.#options;
		const shows = await unsettledShows(db)
			.select(['id', 'epoch', 'last_seq'])
			.orderBy('updated_at', 'desc')
			.limit(MAX_SHOWS)
			.execute();
		const logs = await Promise.all(shows.map(({ id }) => readLiveLog(redis, id)));
		const lagging = shows.filter((show, index) => {
			const live = logs[index];
			const cursor = Number(show.last_seq);
			// A show that is persisted but not marked so has lost its writer in between.
			return (
				live && (live.seq !== cursor || live.persistedSeq !== cursor || live.epoch !== show.epoch)
			);
		});
		for (const { id } of lagging) {
			try {
				await writeBehind.persist(id);
			} catch (error) {
				// One broken show must not keep the others from being persisted.
				logger.warn({ err: error, showId: id }, 'the sweep could not persist a show');
			}
		}
		await this.#takeIn(shows.map(({ id }) => id));
		return lagging.length;
	}

	async #takeIn(showIds: readonly string[]): Promise<void> {
		const { redis, recovery } = this.#options;
		const logs = await Promise.all(showIds.map((id) => logsAside(redis, id)));
		const lyingAside = new Set<string>();
		for (const [index, id] of showIds.entries()) {
			for (const epoch of logs[index] ?? []) {
				const name = `${id}:${epoch}`;
				lyingAside.add(name);
				if (this.#forked.has(name)) await recovery.retake(id, epoch);
			}
		}
		this.#forked = lyingAside;
	}
}

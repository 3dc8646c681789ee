import { randomBytes } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Logger } from '../../observability/logger.ts';
import { recordAudit } from '../audit.ts';
import type { Db } from '../database.ts';
import { allowLongStatements } from '../statement-timeout.ts';
import { forgetShow, lockShows } from './forget-show.ts';
import type { LiveShows, StoredShow } from './forget-show.ts';
import { countRemoved, removeComments } from './remove-comments.ts';
import { dueShows } from './retention-due.ts';
import type { DueCursor, DueShow } from './retention-due.ts';

/** Events per transaction: brief locks, and little memory whatever the show's size. */
const BATCH_SEQS = 2_000;
const PAGE_SHOWS = 50;

export type RetentionOptions = LiveShows & {
	readonly db: Db;
	readonly logger: Logger;
	/** For tests. */
	readonly batchSeqs?: number;
};

/** Whether to stop, as an `AbortSignal` tells. */
type Stopping = Pick<AbortSignal, 'aborted'>;

/**
 * Removes comments of people who claimed nothing, from shows that ended longer ago than their workspace
 * keeps them (docs/decisions/0016-personal-data.md). Any number of processes may do it at once, and any may
 * die: each batch is a transaction that starts where the one before has ended, whoever wrote that.
 */
export class Retention {
	readonly #options: RetentionOptions;

	constructor(options: RetentionOptions) {
		this.#options = options;
	}

	/** Goes through all shows that are due. Returns how many were finished. `signal` ends it between batches. */
	async run(signal?: Stopping): Promise<number> {
		const { db, logger } = this.#options;
		let finished = 0;
		for (let cursor: DueCursor | null = null; ;) {
			const shows: DueShow[] = await dueShows(db, cursor, PAGE_SHOWS);
			for (const show of shows) {
				if (signal?.aborted) return finished;
				try {
					if (await this.#apply(show, signal)) finished++;
				} catch (error) {
					// One show must not keep the others from their turn.
					logger.warn({ err: error, showId: show.id }, 'retention could not be applied to a show');
				}
			}
			cursor = shows.at(-1) ?? null;
			if (cursor === null || shows.length < PAGE_SHOWS) return finished;
		}
	}

	async #apply(show: DueShow, signal: Stopping | undefined): Promise<boolean> {
		if (!(await this.#begin(show))) return false;
		while (await this.#removeBatch(show.id)) {
			if (signal?.aborted) return false;
			await breathe();
		}
		return await this.#finish(show.id);
	}

	/**
	 * Makes sure that the show can't be reopened, and so gets no more comments: Redis lets it go. False when
	 * it is not at rest: the next run looks again.
	 */
	async #begin({ id, days }: DueShow): Promise<boolean> {
		return await this.#options.db.transaction().execute(async (tx) => {
			await allowLongStatements(tx);
			const [show] = await lockShows(tx, [id]);
			if (show?.status !== 'ended' || !(await this.#forget(show))) return false;
			await tx
				.insertInto('show_retention')
				.values({ show_id: id, days, pseudonym_key: randomBytes(32) })
				.onConflict((conflict) => conflict.doNothing())
				.execute();
			return true;
		});
	}

	/** Returns whether there is more to do. */
	async #removeBatch(showId: string): Promise<boolean> {
		const { db, batchSeqs = BATCH_SEQS } = this.#options;
		return await db.transaction().execute(async (tx) => {
			await allowLongStatements(tx);
			const row = await tx
				.selectFrom('show_retention')
				.innerJoin('shows', 'shows.id', 'show_retention.show_id')
				.select(['show_retention.done_seq', 'shows.last_seq'])
				.where('show_retention.show_id', '=', showId)
				.where('finished_at', 'is', null)
				.forUpdate('show_retention')
				.executeTakeFirst();
			const done = Number(row?.done_seq ?? 0);
			const last = Number(row?.last_seq ?? 0);
			if (done >= last) return false;
			const to = Math.min(done + batchSeqs, last);
			await removeComments(tx, showId, { from: done + 1, to });
			await tx
				.updateTable('show_retention')
				.set({ done_seq: to })
				.where('show_id', '=', showId)
				.execute();
			return to < last;
		});
	}

	/** Throws the key away and says what was removed. False when somebody else did, or the show is not at rest. */
	async #finish(showId: string): Promise<boolean> {
		return await this.#options.db.transaction().execute(async (tx) => {
			await allowLongStatements(tx);
			const [show] = await lockShows(tx, [showId]);
			const removed = await countRemoved(tx, showId);
			const closed = await tx
				.updateTable('show_retention')
				.set({ ...removed, pseudonym_key: null, finished_at: new Date() })
				.where('show_id', '=', showId)
				.where('finished_at', 'is', null)
				.returning('days')
				.executeTakeFirst();
			if (!show || !closed) return false;
			const { workspace_id: workspaceId } = await tx
				.updateTable('shows')
				.set((eb) => ({ rewrites: eb('rewrites', '+', 1) }))
				.where('id', '=', showId)
				.returning('workspace_id')
				.executeTakeFirstOrThrow();
			if (removed.comments > 0) {
				await recordAudit(tx, {
					workspaceId,
					showId,
					actor: 'system',
					action: 'retention.applied',
					target: 'show',
					details: { ...removed, keptForDays: closed.days }
				});
			}
			// Whoever still looks at the show holds its latest comments in memory: it is read anew.
			if (!(await this.#forget(show))) throw new Error('the show is not at rest');
			this.#options.logger.info({ showId, ...removed }, 'retention applied');
			return true;
		});
	}

	async #forget(show: StoredShow): Promise<boolean> {
		return (await forgetShow(this.#options, show)) === null;
	}
}

import { z } from 'zod';
import { claimStateSchema } from '../../event-schema.ts';
import { readSummary } from '../../history/queries/summary.ts';
import { listHolders } from '../../history/queries/summary-holders.ts';
import { readShowRow } from '../../history/queries/summary-totals.ts';
import { findAppError } from '../errors.ts';
import { router, showProcedure } from '../init.ts';
import { itemNumber, pageLimit, seqCursor } from '../input.ts';
import type { ShowView } from '../show-controls.ts';

const holderList = z.object({
	item: itemNumber,
	state: claimStateSchema,
	cursor: seqCursor,
	limit: pageLimit
});

/** Where the live show stands; null while Redis can't be asked. */
async function liveSeq(view: ShowView): Promise<number | null> {
	try {
		return (await view.snapshot()).seq;
	} catch (error) {
		if (findAppError(error)?.code === 'UNAVAILABLE') return null;
		throw error;
	}
}

export const summaryRouter = router({
	/**
	 * What the show came to, as Postgres has it. `missingEvents`: how many events of the log are not in the
	 * figures yet; null when that can't be told.
	 */
	get: showProcedure.query(async ({ ctx }) => {
		const { db } = ctx.services;
		// An ended show's history is complete with its end, and Redis may not hold the show any more.
		const { status } = await readShowRow(db, ctx.show);
		if (status === 'ended') return { ...(await readSummary(db, ctx.show)), missingEvents: 0 };
		// Redis before Postgres: what is missing can be overstated by that, never hidden.
		const live = await liveSeq(ctx.view);
		const summary = await readSummary(db, ctx.show);
		return {
			...summary,
			missingEvents: live === null ? null : Math.max(0, live - summary.seq)
		};
	}),

	/** Who won an item, in order, or who waits for it, next one first. */
	holders: showProcedure.input(holderList).query(async ({ ctx, input }) => {
		const { rows, nextCursor } = await listHolders(ctx.services.db, ctx.show, input);
		return { holders: rows, nextCursor };
	})
});

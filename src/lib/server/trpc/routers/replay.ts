import { z } from 'zod';
import { toSnapshot } from '../../../domain/live-show.ts';
import { replayDigest, replayOverview, replayRange } from '../../history/queries/replay.ts';
import { replayWhy, replayWhyComment } from '../../history/queries/replay-why.ts';
import { router, showProcedure } from '../init.ts';
import { missingEvents } from '../missing-events.ts';

/** Most events of one answer. */
const MAX_EVENTS = 2_000;
const seq = z.number().int().min(0).max(1e15);

/** A show's past, folded from its log as Postgres has it. Viewers may see it: it is the show that they watched. */
export const replayRouter = router({
	/**
	 * Length, time table and marks of the log. `missingEvents`: how many events are not in it yet; null when
	 * that can't be told.
	 */
	overview: showProcedure.query(async ({ ctx }) => {
		const { db } = ctx.services;
		const missing = await missingEvents(db, ctx.show, ctx.view);
		return { ...(await replayOverview(db, ctx.show)), missingEvents: missing };
	}),

	/** Events of the log in order, at most `limit`. */
	range: showProcedure
		.input(
			z.object({
				fromSeq: seq.min(1),
				limit: z.number().int().min(1).max(MAX_EVENTS).default(1_000)
			})
		)
		.query(async ({ ctx, input: { fromSeq, limit } }) => ({
			events: await replayRange(ctx.services.db, ctx.show, { fromSeq, limit })
		})),

	/** The show as event `seq` left it, with the latest comments and feed lines of then. */
	stateAt: showProcedure
		.input(z.object({ seq }))
		.query(async ({ ctx, input }) =>
			toSnapshot(await ctx.services.replays.at(ctx.show, input.seq))
		),

	/** What decided a claim, in sentences; null when the show has no such claim. */
	why: showProcedure
		.input(z.object({ claimId: z.uuid() }))
		.query(({ ctx, input }) => replayWhy(ctx.services.db, ctx, input.claimId)),

	/** What became of a comment, by its seq; null when that event is no comment. */
	whyComment: showProcedure
		.input(z.object({ seq }))
		.query(({ ctx, input }) => replayWhyComment(ctx.services.db, ctx, input.seq)),

	/** The digest of the log, and whether the stored state has the same. */
	digest: showProcedure.query(({ ctx }) =>
		replayDigest(ctx.services.db, ctx.services.replays, ctx.show)
	)
});

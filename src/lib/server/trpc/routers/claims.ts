import { z } from 'zod';
import { listClaims } from '../../history/queries/claims.ts';
import { listFeed } from '../../history/queries/feed.ts';
import { router, showOperatorProcedure, showProcedure } from '../init.ts';
import {
	buyer,
	buyerKeyText,
	claimTarget,
	filterBy,
	itemNumber,
	pageLimit,
	seqCursor
} from '../input.ts';

const claimList = z.object({
	cursor: seqCursor,
	limit: pageLimit,
	item: filterBy(itemNumber),
	buyerKey: filterBy(buyerKeyText),
	state: filterBy(z.enum(['winner', 'waitlist', 'released']))
});

/** Claims of a show. Each action returns the `seq` to undo it by; throws `ITEM_NOT_FOUND`, `SHOW_ENDED`. */
export const claimsRouter = router({
	/** Claims, active and released, newest first, as Postgres has them. */
	list: showProcedure.input(claimList).query(async ({ ctx, input }) => {
		const { rows, nextCursor } = await listClaims(ctx.services.db, ctx.show, input);
		return { claims: rows, nextCursor };
	}),

	/** The claim feed, newest first, as Postgres has it: older lines than a console holds itself. */
	feed: showProcedure
		.input(z.object({ cursor: seqCursor, limit: pageLimit }))
		.query(async ({ ctx, input: { cursor, limit } }) => {
			const { rows, nextCursor } = await listFeed(ctx.services.db, ctx.show, { cursor, limit });
			return { lines: rows, nextCursor };
		}),

	/** Takes the claim from the buyer; a freed unit goes to the head of the queue. Throws `NO_ACTIVE_CLAIM`. */
	release: showOperatorProcedure
		.input(claimTarget)
		.mutation(({ ctx, input: { item, buyerKey, claimId } }) =>
			ctx.controls.release({ item, buyerKey, claimId })
		),

	/** Gives a free unit to a buyer. Throws `SOLD_OUT`, `ALREADY_WINNER`. */
	award: showOperatorProcedure
		.input(z.object({ item: itemNumber, buyer }))
		.mutation(({ ctx, input }) => ctx.controls.award(input.item, input.buyer)),

	/** Gives a winner's unit to another buyer, past the queue. Throws `NOT_A_WINNER`, `ALREADY_WINNER`. */
	reassign: showOperatorProcedure
		.input(z.object({ from: claimTarget, to: buyer }))
		.mutation(({ ctx, input }) => ctx.controls.reassign(input.from, input.to)),

	/**
	 * Takes an action back, exactly or not at all, by the position that it returned. The undo returns one as
	 * well. Throws `UNDO_NOT_POSSIBLE` (details: `reason`: `changed`, `claimed_again`, `waiting`, `no_action`).
	 */
	undo: showOperatorProcedure
		.input(z.object({ epoch: z.string().min(1).max(64), seq: z.number().int().positive() }))
		.mutation(({ ctx, input }) => ctx.controls.undo({ epoch: input.epoch, seq: input.seq }))
});

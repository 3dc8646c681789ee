import { z } from 'zod';
import { listClaims } from '../../history/queries/claims.ts';
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

/** Claims of a show. Each action throws `ITEM_NOT_FOUND`, `SHOW_ENDED`. */
export const claimsRouter = router({
	/** Claims, active and released, newest first, as Postgres has them. */
	list: showProcedure.input(claimList).query(async ({ ctx, input }) => {
		const { rows, nextCursor } = await listClaims(ctx.services.db, ctx.show, input);
		return { claims: rows, nextCursor };
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
		.mutation(({ ctx, input }) => ctx.controls.reassign(input.from, input.to))
});

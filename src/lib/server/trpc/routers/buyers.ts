import { z } from 'zod';
import { listBuyers, parseBuyerCursor } from '../../history/queries/buyers.ts';
import { router, showProcedure } from '../init.ts';
import { filterBy, pageLimit, searchText } from '../input.ts';

const buyerCursor = z.string().transform((text, context) => {
	const cursor = parseBuyerCursor(text);
	if (cursor) return cursor;
	context.addIssue({ code: 'custom', message: 'is not a cursor of this list' });
	return z.NEVER;
});

const buyerList = z.object({
	cursor: filterBy(buyerCursor),
	limit: pageLimit,
	search: searchText
});

export const buyersRouter = router({
	/** The show's buyers with their claims added up, most units first, as Postgres has them. */
	list: showProcedure.input(buyerList).query(async ({ ctx, input }) => {
		const { rows, nextCursor } = await listBuyers(ctx.services.db, ctx.show, input);
		return { buyers: rows, nextCursor };
	})
});

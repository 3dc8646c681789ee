import { z } from 'zod';
import { listComments } from '../../history/queries/comments.ts';
import { router, showProcedure } from '../init.ts';
import { filterBy, pageLimit, platformName, searchText, seqCursor } from '../input.ts';

const commentList = z.object({
	cursor: seqCursor,
	limit: pageLimit,
	search: searchText,
	platform: filterBy(platformName),
	onlyIntents: z.boolean().default(false)
});

export const commentsRouter = router({
	/** The show's comments, newest first, as Postgres has them. */
	list: showProcedure.input(commentList).query(async ({ ctx, input }) => {
		const { rows, nextCursor } = await listComments(ctx.services.db, ctx.show, input);
		return { comments: rows, nextCursor };
	})
});

import { z } from 'zod';
import { COMMENT_OUTCOMES } from '../../../domain/events.ts';
import { findCommenters } from '../../history/queries/commenters.ts';
import { listComments } from '../../history/queries/comments.ts';
import { router, showProcedure } from '../init.ts';
import { filterBy, pageLimit, platformName, searchText, seqCursor } from '../input.ts';

/** Most people offered for one search. */
const MAX_AUTHORS = 20;
const WITH_INTENT = COMMENT_OUTCOMES.filter((outcome) => outcome !== 'none');

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
		const { onlyIntents, ...filter } = input;
		const outcomes = onlyIntents ? WITH_INTENT : null;
		const { rows, nextCursor } = await listComments(ctx.services.db, ctx.show, {
			...filter,
			outcomes
		});
		return { comments: rows, nextCursor };
	}),

	/** People who wrote in the show lately and whose name contains the text, e.g. to award an item to. */
	authors: showProcedure
		.input(z.object({ search: searchText }))
		.query(async ({ ctx, input: { search } }) =>
			search === null ? [] : await findCommenters(ctx.services.db, ctx.show, search, MAX_AUTHORS)
		)
});

import { z } from 'zod';
import { MAX_COMMENT_TEXT } from '../../../domain/text.ts';
import { DEBUG_PLATFORM, debugComments } from '../debug-comments.ts';
import { router, showOperatorProcedure } from '../init.ts';
import { itemNumber, platformName } from '../input.ts';

const MAX_COMMENTS = 10_000;
/** Calls in flight. Comments of one batch may overtake each other; batches may not. */
const BATCH = 64;

const oneComment = z.object({
	text: z.string().max(MAX_COMMENT_TEXT),
	platform: platformName.default(DEBUG_PLATFORM),
	userId: z.string().min(1).max(100).default('u0'),
	handle: z.string().min(1).max(100).default('viewer_0'),
	commentId: z.string().min(1).max(100).optional()
});

const instagramComment = z.object({
	/** Default: the show's first Instagram channel. */
	channelId: z.uuid().optional(),
	text: z.string().max(MAX_COMMENT_TEXT),
	userId: z.string().min(1).max(100).default('900100'),
	username: z.string().min(1).max(100).default('viewer_0'),
	commentId: z.string().min(1).max(100).optional()
});

const manyComments = z.object({
	count: z.number().int().min(1).max(MAX_COMMENTS),
	/** Without it: the items that are open now. */
	itemNumbers: z.array(itemNumber).max(1_000).optional(),
	seed: z
		.number()
		.int()
		.min(0)
		.max(2 ** 32 - 1)
});

/** Comments made by hand or in bulk, through the real intake. Absent in production (trpc/router.ts). */
export const debugRouter = router({
	/** Throws `SHOW_NOT_LIVE`. */
	emitComment: showOperatorProcedure.input(oneComment).mutation(({ ctx, input }) =>
		ctx.controls.takeComment({
			platform: input.platform,
			liveId: 'debug',
			commentId: input.commentId ?? crypto.randomUUID(),
			userId: input.userId,
			userHandle: input.handle,
			text: input.text
		})
	),

	/**
	 * A signed webhook of Instagram for a comment of one of the show's Instagram channels, through the whole
	 * pipeline: signature, queue, routing, inbox, allocator. Returns before the comment is taken. The same
	 * `commentId` again is a second delivery. Throws `META_NOT_CONFIGURED`, `CHANNEL_NOT_FOUND`.
	 */
	emitInstagramWebhook: showOperatorProcedure
		.input(instagramComment)
		.mutation(async ({ ctx, input }) => await ctx.channels.simulateInstagramComment(input)),

	/** Returns how many comments had which outcome, and how many were known already. Throws `SHOW_NOT_LIVE`. */
	emitComments: showOperatorProcedure.input(manyComments).mutation(async ({ ctx, input }) => {
		const { settings, items } = await ctx.view.snapshot();
		const open = items.filter((item) => item.state === 'open').map((item) => item.number);
		const comments = [
			...debugComments({ ...settings, ...input, itemNumbers: input.itemNumbers ?? open })
		];
		const outcomes: Record<string, number> = {};
		let replayed = 0;
		for (let start = 0; start < comments.length; start += BATCH) {
			const batch = comments.slice(start, start + BATCH);
			const replies = await Promise.all(batch.map((comment) => ctx.controls.takeComment(comment)));
			for (const { outcome, replay } of replies) {
				if (replay) replayed++;
				else outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
			}
		}
		return { emitted: comments.length, replayed, outcomes };
	})
});

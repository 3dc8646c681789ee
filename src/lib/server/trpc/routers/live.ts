import { z } from 'zod';
import { router, showProcedure } from '../init.ts';
import { streamShow } from '../live-stream.ts';

export const liveRouter = router({
	/**
	 * The show from the client's last event on, over the WebSocket. Each value is a `LiveMessage` with the
	 * position after it as its id, which the client sends back as `lastEventId` when it reconnects. An id
	 * that can't be resumed from gets a fresh snapshot.
	 */
	show: showProcedure
		.input(z.object({ lastEventId: z.string().max(100).nullish() }))
		.subscription(({ ctx, input, signal }) =>
			streamShow({
				view: ctx.view,
				lastEventId: input.lastEventId ?? null,
				connection: ctx.connection,
				signal: signal ?? new AbortController().signal,
				mayWatch: async () => {
					const member = await ctx.services.auth.validateSession(ctx.member.sessionId);
					return member?.workspace.id === ctx.show.workspaceId;
				},
				onAccessChange: (listener) => ctx.services.auth.news.follow(ctx.member.userId, listener),
				onCheckFailed: (error) => {
					ctx.services.logger.warn({ err: error, requestId: ctx.requestId }, 'session not checked');
				}
			})
		)
});

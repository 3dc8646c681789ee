import { z } from 'zod';
import { router, showChannelsProcedure, showOperatorProcedure } from '../init.ts';

const connectionId = z.string().max(100);
const channelId = z.uuid();
/** An id, or what was pasted. */
const reference = z.string().trim().min(1).max(2_000);

export const channelsRouter = router({
	/** The show's channels with what their paths brought. */
	list: showChannelsProcedure.query(({ ctx }) => ctx.listChannels()),

	/** What the workspace's accounts broadcast now; an account that can't be asked says why. */
	discover: showOperatorProcedure.query(async ({ ctx }) => ({
		accounts: await ctx.channels.discover()
	})),

	/**
	 * Listens to a broadcast of a connected account, named by its id or by a pasted link. Throws
	 * `CONNECTION_NOT_FOUND`, `INVALID_INPUT` (not an id or link of a broadcast), `LIVE_NOT_FOUND`,
	 * `LIVE_IN_USE` (details: `showId`), `NEEDS_REAUTH`, `PLATFORM_REFUSED`, `PLATFORM_UNAVAILABLE`.
	 */
	add: showOperatorProcedure
		.input(z.object({ connectionId, reference }))
		.mutation(async ({ ctx, input }) => ({
			channelId: await ctx.channels.add(input.connectionId, input.reference)
		})),

	/** Stops listening. Throws `CHANNEL_NOT_FOUND`. */
	stop: showOperatorProcedure
		.input(z.object({ channelId }))
		.mutation(({ ctx, input }) => ctx.channels.stop(input.channelId)),

	/** Listens again, and reads what was written meanwhile. Throws `CHANNEL_NOT_FOUND`. */
	restart: showOperatorProcedure
		.input(z.object({ channelId }))
		.mutation(({ ctx, input }) => ctx.channels.restart(input.channelId)),

	/** Whether the show takes up whatever the account broadcasts next. Throws `CONNECTION_NOT_FOUND`. */
	watch: showOperatorProcedure
		.input(z.object({ connectionId, watching: z.boolean() }))
		.mutation(({ ctx, input }) => ctx.channels.watch(input.connectionId, input.watching))
});

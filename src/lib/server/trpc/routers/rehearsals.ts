import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { RehearsalFormatError } from '../../rehearsal/read.ts';
import { loadRehearsal, rehearsalSourceSchema } from '../../rehearsal/source.ts';
import type { RehearsalSource } from '../../rehearsal/source.ts';
import { operatorProcedure, router } from '../init.ts';
import { MAX_SHOW_ITEMS, showName } from '../input.ts';
import { createShow } from '../new-show.ts';

const startInput = z.object({
	source: rehearsalSourceSchema,
	/** 1 plays as recorded, 10 ten times as fast. */
	speed: z.number().min(0.1).max(100).default(1),
	/** Default: the recording's own name. */
	name: showName.optional()
});

async function load(source: RehearsalSource): ReturnType<typeof loadRehearsal> {
	try {
		const rehearsal = await loadRehearsal(source);
		const later = rehearsal.lines.filter(({ line }) => line.type === 'item').length;
		if (rehearsal.header.items.length + later > MAX_SHOW_ITEMS)
			throw new AppError('TOO_MANY_ITEMS');
		return rehearsal;
	} catch (error) {
		if (!(error instanceof RehearsalFormatError)) throw error;
		const message = 'The file is not a valid recorded show.';
		throw new AppError('INVALID_INPUT', { message, details: { lines: error.errors } });
	}
}

export const rehearsalsRouter = router({
	/**
	 * Plays a recorded or generated show into a new show of the workspace, which is marked as a rehearsal
	 * and stays out of all figures. A worker plays it; ending the show stops it. Throws `INVALID_INPUT`
	 * for a bad file (details: `lines`: { lineNumber, message }[]), `TOO_MANY_ITEMS`, `TOO_MANY_SHOWS`,
	 * `RATE_LIMITED`, `UNAVAILABLE`.
	 */
	start: operatorProcedure.input(startInput).mutation(async ({ ctx, input }) => {
		await ctx.admitRehearsal();
		const { header } = await load(input.source);
		const { name, claimWord, passWord } = header;
		const { db } = ctx.services;
		const show = await createShow(
			{ db, member: ctx.member },
			{ name: input.name ?? name, claimWord, passWord },
			{ action: 'rehearsal.started', isRehearsal: true }
		);
		await ctx.playInto(show, { source: input.source, speed: input.speed });
		return { showId: show.id };
	})
});

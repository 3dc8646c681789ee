import { z } from 'zod';
import type { ShowStatus } from '../../../domain/events.ts';
import { showStatusSchema } from '../../event-schema.ts';
import { workspaceFigures } from '../../history/queries/dashboard.ts';
import { getShow, listShows } from '../../history/queries/shows.ts';
import { readWorkspaceSettings } from '../../history/queries/workspace-settings.ts';
import {
	memberProcedure,
	operatorProcedure,
	router,
	showOperatorProcedure,
	showProcedure
} from '../init.ts';
import { filterBy, intentWord, newItem, pageLimit, searchText, showName } from '../input.ts';
import { addItems, createShow } from '../new-show.ts';
import { pollSeconds } from '../settings-input.ts';
import { assertWordsDiffer } from '../words.ts';

/** Most items that a new show may start with. */
const MAX_NEW_ITEMS = 500;

const showList = z.object({
	cursor: filterBy(z.uuid('is not a cursor of this list')),
	limit: pageLimit,
	search: searchText,
	status: filterBy(showStatusSchema)
});

const newShow = z.object({
	name: showName,
	claimWord: intentWord.optional(),
	passWord: intentWord.optional(),
	items: z
		.array(newItem)
		.max(MAX_NEW_ITEMS, `A new show can have at most ${MAX_NEW_ITEMS} items.`)
		.refine(
			(items) => new Set(items.map((item) => item.number)).size === items.length,
			'Two items have the same number.'
		)
		.default([])
});

const showChanges = z.object({
	name: showName.optional(),
	claimWord: intentWord.optional(),
	passWord: intentWord.optional()
});

const overrideChanges = z.object({
	pollSeconds: pollSeconds.nullable().optional(),
	sounds: z.boolean().nullable().optional()
});

export const showsRouter = router({
	/** The workspace's shows, newest first. */
	list: memberProcedure.input(showList).query(async ({ ctx, input }) => {
		const { rows, nextCursor } = await listShows(ctx.services.db, ctx.scope, input);
		return { shows: rows, nextCursor };
	}),

	/** What is on, what comes next, and what was sold lately. */
	dashboard: memberProcedure.query(async ({ ctx }) => {
		const { db } = ctx.services;
		const first = async (status: ShowStatus, limit: number) =>
			(await listShows(db, ctx.scope, { cursor: null, limit, search: null, status })).rows;
		return {
			live: [...(await first('active', 10)), ...(await first('paused', 10))],
			next: await first('draft', 3),
			last: await first('ended', 3),
			figures: await workspaceFigures(db, ctx.scope)
		};
	}),

	/** A show with its counts, as Postgres has it. */
	get: showProcedure.query(({ ctx }) => getShow(ctx.services.db, ctx.show)),

	/**
	 * Adds a draft show and its items; words that are left out are the workspace's. When adding items fails
	 * midway, the show stays with those that it has; details: `showId`, `itemsAdded`.
	 */
	create: operatorProcedure.input(newShow).mutation(async ({ ctx, input }) => {
		const { items, name } = input;
		const { db } = ctx.services;
		const defaults = await readWorkspaceSettings(db, ctx.scope.workspaceId);
		const settings = {
			name,
			claimWord: input.claimWord ?? defaults.claimWord,
			passWord: input.passWord ?? defaults.passWord
		};
		assertWordsDiffer(settings);
		const show = await createShow({ db, member: ctx.member }, settings, { action: 'show.created' });
		await addItems(ctx.controlsOf(show), show, items);
		return { showId: show.id };
	}),

	/** A new draft with the same settings and items, all units free again. */
	duplicate: showOperatorProcedure
		.input(z.object({ name: showName.optional() }))
		.mutation(async ({ ctx, input }) => {
			const { settings, items } = await ctx.view.snapshot();
			const { db } = ctx.services;
			const { overrides } = await getShow(db, ctx.show);
			const show = await createShow(
				{ db, member: ctx.member },
				{ ...settings, name: input.name ?? settings.name },
				{ action: 'show.duplicated', copyOf: settings.name, overrides }
			);
			await addItems(ctx.controlsOf(show), show, items);
			return { showId: show.id };
		}),

	/** Changes name and words; what is left out stays. Throws `SHOW_ENDED`. */
	update: showOperatorProcedure.input(showChanges).mutation(async ({ ctx, input }) => {
		const { settings } = await ctx.view.snapshot();
		const changed = {
			name: input.name ?? settings.name,
			claimWord: input.claimWord ?? settings.claimWord,
			passWord: input.passWord ?? settings.passWord
		};
		assertWordsDiffer(changed);
		await ctx.controls.editShow(changed);
	}),

	/**
	 * Changes how the show is polled and whether its consoles sound; null: as the workspace has it. What is
	 * left out stays. Returns the show's choice; throws `SHOW_ENDED`.
	 */
	setOverrides: showOperatorProcedure
		.input(overrideChanges)
		.mutation(({ ctx, input }) => ctx.controls.changeOverrides(input)),

	/** Draft → active. This and the next three throw `INVALID_TRANSITION` (details: `status`), `SHOW_ENDED`. */
	activate: showOperatorProcedure.mutation(({ ctx }) => ctx.controls.changeStatus('activated')),
	pause: showOperatorProcedure.mutation(({ ctx }) => ctx.controls.changeStatus('paused')),
	resume: showOperatorProcedure.mutation(({ ctx }) => ctx.controls.changeStatus('resumed')),
	end: showOperatorProcedure.mutation(({ ctx }) => ctx.controls.changeStatus('ended')),

	/**
	 * Takes the end back, to the status before it, as long as Redis holds the whole show.
	 * Throws `INVALID_TRANSITION` (details: `status`), `UNDO_NOT_POSSIBLE` (details: `reason`).
	 */
	reopen: showOperatorProcedure.mutation(({ ctx }) => ctx.controls.reopen()),

	/** The live state with the latest comments and feed lines, at one instant. */
	snapshot: showProcedure.query(({ ctx }) => ctx.view.snapshot())
});

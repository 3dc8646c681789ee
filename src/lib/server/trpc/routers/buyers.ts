import { z } from 'zod';
import { MAX_NOTE_TEXT, parseTag } from '../../../domain/buyer-tag.ts';
import { cleanText } from '../../../domain/text.ts';
import { listBuyerClaims } from '../../history/queries/buyer-claims.ts';
import {
	DIRECTORY_ORDERS,
	listDirectory,
	parseDirectoryCursor
} from '../../history/queries/buyer-directory.ts';
import { readPerson } from '../../history/queries/buyer-person.ts';
import { listPackingSlips } from '../../history/queries/buyer-slips.ts';
import { listTags } from '../../history/queries/buyer-tags.ts';
import { listBuyers, parseBuyerCursor } from '../../history/queries/buyers.ts';
import { getShow } from '../../history/queries/shows.ts';
import { readWorkspaceSettings } from '../../history/queries/workspace-settings.ts';
import {
	buyerOperatorProcedure,
	buyersProcedure,
	erasureProcedure,
	router,
	showBuyersProcedure
} from '../init.ts';
import { buyerKeyText, filterBy, pageLimit, searchText } from '../input.ts';
import { missingEvents } from '../missing-events.ts';

/** A cursor as `parse` reads it; null at the start of the list. */
function cursorOf<Cursor>(parse: (text: string) => Cursor | null) {
	return filterBy(
		z.string().transform((text, context) => {
			const cursor = parse(text);
			if (cursor !== null) return cursor;
			context.addIssue({ code: 'custom', message: 'is not a cursor of this list' });
			return z.NEVER;
		})
	);
}

const tag = z.string().transform((typed, context) => {
	const parsed = parseTag(typed);
	if (parsed !== null) return parsed;
	context.addIssue({ code: 'custom', message: 'A tag has 1 to 40 characters.' });
	return z.NEVER;
});

const note = z
	.string()
	.max(MAX_NOTE_TEXT, `A note can have at most ${MAX_NOTE_TEXT} characters.`)
	.transform((text) => cleanText(text.replace(/\r\n?/g, '\n'), MAX_NOTE_TEXT));

const marks = {
	search: searchText,
	tag: filterBy(tag),
	blocked: z.boolean().default(false),
	limit: pageLimit
};
const buyerList = z.object({ ...marks, cursor: cursorOf(parseBuyerCursor) });
const directory = z.object({
	...marks,
	cursor: cursorOf(parseDirectoryCursor),
	order: z.enum(DIRECTORY_ORDERS).default('units')
});

const named = z.object({ buyerKey: buyerKeyText });
const claimList = named.extend({
	cursor: filterBy(z.uuid('is not a cursor of this list')),
	limit: pageLimit,
	releasable: z.boolean().default(false)
});

/**
 * Buyers, as Postgres has them; linked identities are one buyer, whichever of them is named. Changes throw
 * `BUYER_NOT_FOUND` for a buyer that the workspace never met.
 */
export const buyersRouter = router({
	/** The show's buyers with their claims added up, most units first. */
	list: showBuyersProcedure.input(buyerList).query(async ({ ctx, input }) => {
		const { rows, nextCursor } = await listBuyers(ctx.services.db, ctx.show, input);
		return { buyers: rows, nextCursor };
	}),

	/** The show, and how many of its events are not in the lists yet (null: that can't be told). */
	show: showBuyersProcedure.query(async ({ ctx }) => {
		const { db } = ctx.services;
		const { id, name, status, isRehearsal, startedAt, createdAt } = await getShow(db, ctx.show);
		const missing = await missingEvents(db, ctx.show, ctx.view);
		return { id, name, status, isRehearsal, startedAt, createdAt, missingEvents: missing };
	}),

	/** What goes to whom, by handle; with a `buyerKey` to this person alone. */
	slips: showBuyersProcedure
		.input(z.object({ buyerKey: filterBy(buyerKeyText) }))
		.query(async ({ ctx, input }) => {
			const { db } = ctx.services;
			const { name, timeZone } = await readWorkspaceSettings(db, ctx.scope.workspaceId);
			const slips = await listPackingSlips(db, ctx.show, input.buyerKey);
			return { workspace: { name, timeZone }, slips };
		}),

	/** Everybody who claimed in the workspace's shows; rehearsals don't count. */
	directory: buyersProcedure.input(directory).query(async ({ ctx, input }) => {
		const { rows, nextCursor } = await listDirectory(ctx.services.db, ctx.scope, input);
		return { buyers: rows, nextCursor };
	}),

	/** One person over all shows. Throws `BUYER_NOT_FOUND`. */
	get: buyersProcedure
		.input(named)
		.query(({ ctx, input }) => readPerson(ctx.services.db, ctx.scope, input.buyerKey)),

	/** What the person claimed in any show, rehearsals too, newest first. */
	claims: buyersProcedure.input(claimList).query(async ({ ctx, input }) => {
		const { buyerKey, ...filter } = input;
		const { rows, nextCursor } = await listBuyerClaims(
			ctx.services.db,
			ctx.scope,
			buyerKey,
			filter
		);
		return { claims: rows, nextCursor };
	}),

	/** The tags in use, those of most people first. */
	tags: buyersProcedure.query(({ ctx }) => listTags(ctx.services.db, ctx.scope)),

	/** `was`: the note that the writer saw. Throws `NOTE_CHANGED` when it is another one by now. */
	setNote: buyerOperatorProcedure
		.input(named.extend({ note, was: z.string().max(MAX_NOTE_TEXT * 25) }))
		.mutation(({ ctx, input }) => ctx.buyers.setNote(input.buyerKey, input.note, input.was)),

	/** Throws `TOO_MANY_TAGS`. */
	setTag: buyerOperatorProcedure
		.input(named.extend({ tag, present: z.boolean() }))
		.mutation(({ ctx, input }) => ctx.buyers.setTag(input.buyerKey, input.tag, input.present)),

	/** From when this returns, no claim of a blocked person counts. Throws `BLOCK_LIST_FULL`. */
	setBlocked: buyerOperatorProcedure
		.input(named.extend({ blocked: z.boolean() }))
		.mutation(({ ctx, input }) => ctx.buyers.setBlocked(input.buyerKey, input.blocked)),

	/** Makes two buyers one person. Throws `TOO_MANY_IDENTITIES`, `BLOCK_LIST_FULL`. */
	link: buyerOperatorProcedure
		.input(named.extend({ otherKey: buyerKeyText }))
		.mutation(({ ctx, input }) => ctx.buyers.link(input.buyerKey, input.otherKey)),

	/** Takes a buyer out of the person that they were linked to. */
	unlink: buyerOperatorProcedure
		.input(named)
		.mutation(({ ctx, input }) => ctx.buyers.unlink(input.buyerKey)),

	/** What erasing the person would do now. Also for somebody who only commented. Throws `BUYER_NOT_FOUND`. */
	erasurePreview: erasureProcedure
		.input(named)
		.query(({ ctx, input }) => ctx.erasing.preview(input.buyerKey)),

	/**
	 * Erases all that the workspace holds about the person, for good, when `name` is what the preview told to
	 * type. Throws `BUYER_IN_RUNNING_SHOW`, `INVALID_INPUT`.
	 */
	erase: erasureProcedure
		.input(named.extend({ name: z.string().max(1_000) }))
		.mutation(({ ctx, input }) => ctx.erasing.erase(input.buyerKey, input.name))
});

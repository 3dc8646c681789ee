import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { listItemHistory } from '../../history/queries/item-history.ts';
import { router, showOperatorProcedure, showProcedure } from '../init.ts';
import { itemNumber, itemTitle, newItem, pageLimit, quantity, seqCursor } from '../input.ts';

/** Most items that one call adds. */
const MAX_ITEMS_AT_ONCE = 500;

const byNumber = z.object({ number: itemNumber });

/** Items of a show. Each change throws `SHOW_ENDED`, and all but `add` throw `ITEM_NOT_FOUND`. */
export const itemsRouter = router({
	/** The items with winners and queue, by number, as they are live. */
	list: showProcedure.query(async ({ ctx }) => (await ctx.view.snapshot()).items),

	/** Throws `ITEM_EXISTS`, `TOO_MANY_ITEMS`. */
	add: showOperatorProcedure
		.input(newItem)
		.mutation(({ ctx, input: { number, title, quantity } }) =>
			ctx.controls.addItem({ number, title, quantity })
		),

	/**
	 * Adds many items, e.g. from a pasted list, in order. Each row says for itself whether it was added;
	 * a number that exists already is skipped (`ITEM_EXISTS`). Throws `SHOW_ENDED`, and
	 * `TOO_MANY_ITEMS` once the show is full; the rows before that are added.
	 */
	addMany: showOperatorProcedure
		.input(z.object({ items: z.array(newItem).min(1).max(MAX_ITEMS_AT_ONCE) }))
		.mutation(async ({ ctx, input }) => {
			const results: { number: string; added: boolean }[] = [];
			for (const item of input.items) {
				try {
					await ctx.controls.addItem(item);
					results.push({ number: item.number, added: true });
				} catch (error) {
					if (!(error instanceof AppError) || error.code !== 'ITEM_EXISTS') throw error;
					results.push({ number: item.number, added: false });
				}
			}
			return { results };
		}),

	/** Gives the item another title. */
	edit: showOperatorProcedure
		.input(byNumber.extend({ title: itemTitle }))
		.mutation(({ ctx, input }) => ctx.controls.editItem(input.number, input.title)),

	/**
	 * Raising promotes from the queue. Returns the `seq` to undo it by, null when nothing changed. Throws
	 * `QUANTITY_BELOW_CLAIMED` (details: `won`).
	 */
	setQuantity: showOperatorProcedure
		.input(byNumber.extend({ quantity }))
		.mutation(({ ctx, input }) => ctx.controls.setQuantity(input.number, input.quantity)),

	open: showOperatorProcedure
		.input(byNumber)
		.mutation(({ ctx, input }) => ctx.controls.openItem(input.number)),

	/** Claims on a closed item are refused as `item_closed`. */
	close: showOperatorProcedure
		.input(byNumber)
		.mutation(({ ctx, input }) => ctx.controls.closeItem(input.number)),

	/** Says which item the host holds up now; null for none. */
	setShowing: showOperatorProcedure
		.input(z.object({ number: itemNumber.nullable() }))
		.mutation(({ ctx, input }) => ctx.controls.showItem(input.number)),

	/** What happened to the item and its claims, newest first, as Postgres has it. */
	history: showProcedure
		.input(byNumber.extend({ cursor: seqCursor, limit: pageLimit }))
		.query(async ({ ctx, input: { number, cursor, limit } }) => {
			const filter = { item: number, cursor, limit };
			const { rows, nextCursor } = await listItemHistory(ctx.services.db, ctx.show, filter);
			return { events: rows, nextCursor };
		}),

	/** Throws `ITEM_HAS_CLAIMS`. */
	remove: showOperatorProcedure
		.input(byNumber)
		.mutation(({ ctx, input }) => ctx.controls.removeItem(input.number))
});

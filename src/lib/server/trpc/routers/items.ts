import { z } from 'zod';
import { router, showOperatorProcedure, showProcedure } from '../init.ts';
import { itemNumber, itemTitle, newItem, quantity } from '../input.ts';

const byNumber = z.object({ number: itemNumber });

/** Items of a show. Each change throws `SHOW_ENDED`, and all but `add` throw `ITEM_NOT_FOUND`. */
export const itemsRouter = router({
	/** The items with winners and queue, by number, as they are live. */
	list: showProcedure.query(async ({ ctx }) => (await ctx.view.snapshot()).items),

	/** Throws `ITEM_EXISTS`. */
	add: showOperatorProcedure
		.input(newItem)
		.mutation(({ ctx, input: { number, title, quantity } }) =>
			ctx.controls.addItem({ number, title, quantity })
		),

	/** Gives the item another title. */
	edit: showOperatorProcedure
		.input(byNumber.extend({ title: itemTitle }))
		.mutation(({ ctx, input }) => ctx.controls.editItem(input.number, input.title)),

	/** Raising promotes from the queue. Throws `QUANTITY_BELOW_CLAIMED` (details: `won`). */
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

	/** Throws `ITEM_HAS_CLAIMS`. */
	remove: showOperatorProcedure
		.input(byNumber)
		.mutation(({ ctx, input }) => ctx.controls.removeItem(input.number))
});

import { z } from 'zod';

/** What the console benchmark and its feeder say to each other. */

export const feederRequestSchema = z.discriminatedUnion('do', [
	/** Sends comments as fast as they are taken; one in ten claims an item. */
	z.object({ do: z.literal('backlog'), comments: z.number().int().positive() }),
	/** Sends comments at an even pace. */
	z.object({ do: z.literal('peak'), perSecond: z.number().positive(), seconds: z.number() })
]);
export type FeederRequest = z.output<typeof feederRequestSchema>;

/** What was sent, once all of it was taken. */
export const sentSchema = z.object({
	comments: z.number().int(),
	/** Comments whose claim was entered. */
	claims: z.number().int(),
	passes: z.number().int(),
	/** Sent per second, as it turned out. */
	perSecond: z.number()
});
export type Sent = z.output<typeof sentSchema>;

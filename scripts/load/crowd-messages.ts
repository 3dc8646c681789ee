import { z } from 'zod';

/** What the load run and a process full of consoles say to each other. */

const consoleSchema = z.object({
	url: z.url(),
	origin: z.url(),
	cookie: z.string(),
	showId: z.string(),
	folds: z.boolean()
});
export type CrowdConsole = z.output<typeof consoleSchema>;

const endSchema = z.object({ showId: z.string(), epoch: z.string(), seq: z.number().int() });
/** Where a show stands. */
export type ShowEnd = z.output<typeof endSchema>;

export const crowdRequestSchema = z.discriminatedUnion('do', [
	z.object({ do: z.literal('connect'), consoles: z.array(consoleSchema) }),
	z.object({ do: z.literal('look'), ends: z.array(endSchema) })
]);
export type CrowdRequest = z.output<typeof crowdRequestSchema>;

export const crowdReportSchema = z.object({
	/** Consoles that have got a first message. */
	connected: z.number().int(),
	/** Consoles that stand where their show does. */
	arrived: z.number().int(),
	/** Messages of the sequence that did not join; the first few of them. */
	faults: z.array(z.string()),
	faultCount: z.number().int(),
	reconnects: z.number().int(),
	/** States that were sent anew to consoles that had one. */
	resyncs: z.number().int(),
	/** Events that all consoles got together. */
	deliveries: z.number().int(),
	/** Digests of the consoles that fold, with their show. */
	folds: z.array(z.object({ showId: z.string(), digest: z.string().nullable() })),
	/** Ages of events when folding consoles got them, milliseconds: a sample. */
	ages: z.array(z.number())
});
export type CrowdReport = z.output<typeof crowdReportSchema>;

import { z } from 'zod';

/** What the processes of the latency benchmark say to each other. */

/** The channel that the bare relay forwards. */
export const RELAY_CHANNEL = 'bench:relay';

/** Where subscribers connect, and as whom; the relay asks nobody who they are. */
export const endpointSchema = z.object({
	url: z.url(),
	member: z.object({ cookie: z.string(), workspaceId: z.string() }).nullable()
});
export type Endpoint = z.output<typeof endpointSchema>;

export const clientRequestSchema = z.discriminatedUnion('do', [
	z.object({
		do: z.literal('connect'),
		product: endpointSchema,
		relay: endpointSchema,
		showId: z.string(),
		subscribers: z.number().int()
	}),
	z.object({
		do: z.literal('run'),
		side: z.enum(['product', 'relay']),
		seconds: z.number(),
		commentsPerSecond: z.number()
	})
]);
export type ClientRequest = z.output<typeof clientRequestSchema>;

export const connectedSchema = z.object({ connected: z.number() });

/** One round: every comment at every subscriber, milliseconds. */
export const latencySchema = z.object({
	comments: z.number(),
	deliveries: z.number(),
	p50Ms: z.number(),
	p99Ms: z.number()
});
export type Latency = z.output<typeof latencySchema>;

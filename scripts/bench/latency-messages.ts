import { z } from 'zod';

/** What the processes of the latency and the fan-out benchmark say to each other. */

/** The channel that the bare relay forwards. */
export const RELAY_CHANNEL = 'bench:relay';

/** Where subscribers connect. */
export const endpointSchema = z.object({ url: z.url() });
export type Endpoint = z.output<typeof endpointSchema>;

/** What the process with the sockets' server ends is asked. */
export const serverRequestSchema = z.discriminatedUnion('do', [
	z.object({ do: z.literal('endpoint') }),
	/** Signs so many new members of a workspace in; answered with their cookies. */
	z.object({ do: z.literal('members'), workspaceId: z.string(), count: z.number().int() }),
	/** What the process has used so far; after a garbage collection if `collect`. */
	z.object({ do: z.literal('usage'), collect: z.boolean() })
]);
export type ServerRequest = z.input<typeof serverRequestSchema>;

export const cookiesSchema = z.array(z.string());

export const usageSchema = z.object({
	cpuMicroseconds: z.number(),
	/** Heap and buffers in use. */
	liveBytes: z.number(),
	/** What the process holds of the machine's memory, unused heap included. */
	residentBytes: z.number()
});
export type Usage = z.output<typeof usageSchema>;

export const clientRequestSchema = z.discriminatedUnion('do', [
	z.object({
		do: z.literal('connect'),
		productUrl: z.url(),
		/** A member of the show's workspace; the relay asks nobody who they are. */
		cookie: z.string(),
		relayUrl: z.url(),
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

export const fanoutRequestSchema = z.discriminatedUnion('do', [
	/** Opens so many more sockets; with a show they subscribe to it, each cookie serving equally many. */
	z.object({
		do: z.literal('connect'),
		url: z.url(),
		cookies: z.array(z.string()),
		showId: z.string().nullable(),
		sockets: z.number().int()
	}),
	/** Answered when so many messages have come in all. */
	z.object({ do: z.literal('receive'), messages: z.number().int() })
]);
export type FanoutRequest = z.input<typeof fanoutRequestSchema>;

/** The newest message, as an example of what is sent. */
export const receivedSchema = z.object({ example: z.string() });

/** One round: every comment at every subscriber, milliseconds. */
export const latencySchema = z.object({
	comments: z.number(),
	deliveries: z.number(),
	p50Ms: z.number(),
	p99Ms: z.number()
});
export type Latency = z.output<typeof latencySchema>;

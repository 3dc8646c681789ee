import { z } from 'zod';
import { CHANNEL_REASONS, COMMENT_OUTCOMES } from '../domain/events.ts';
import type { ShowEvent } from '../domain/events.ts';
import { REMOVALS } from '../domain/removal.ts';

// The shapes of domain/events.ts, checked where events come back from Redis and Postgres.

export const buyerSchema = z.object({
	key: z.string(),
	platform: z.string(),
	userId: z.string(),
	handle: z.string(),
	displayName: z.string().nullable()
});

export const claimStateSchema = z.enum(['winner', 'waitlist']);
export const showStatusSchema = z.enum(['draft', 'active', 'paused', 'ended']);
export const itemStateSchema = z.enum(['open', 'closed']);
export const channelStatusSchema = z.object({
	channelId: z.string(),
	platform: z.string(),
	liveId: z.string(),
	status: z.enum(['connecting', 'connected', 'degraded', 'disconnected', 'ended']),
	reason: z.enum(CHANNEL_REASONS).nullable().default(null),
	detail: z.string().nullable()
});

const causeSchema = z.discriminatedUnion('kind', [
	z.object({ kind: z.literal('comment'), commentKey: z.string() }),
	z.object({
		kind: z.literal('operator'),
		action: z.enum(['release', 'award', 'reassign', 'quantity', 'undo']),
		actor: z.string(),
		seq: z.number().int()
	})
]);

const itemSchema = z.object({
	id: z.string(),
	number: z.string(),
	title: z.string(),
	quantity: z.number().int(),
	state: itemStateSchema
});

const envelope = {
	id: z.string(),
	epoch: z.string(),
	seq: z.number().int().positive(),
	at: z.number().int()
};

const claimFacts = {
	claimId: z.string(),
	item: z.string(),
	buyer: buyerSchema,
	cause: causeSchema
};

const showEventSchema = z.discriminatedUnion('type', [
	z.object({
		...envelope,
		type: z.literal('comment.received'),
		data: z.object({
			platform: z.string(),
			liveId: z.string(),
			commentId: z.string(),
			postedAt: z.number().int().nullable(),
			userId: z.string().nullable(),
			handle: z.string(),
			displayName: z.string().nullable(),
			fromPage: z.boolean().default(false),
			text: z.string(),
			intent: z.enum(['claim', 'pass']).nullable(),
			item: z.string().nullable(),
			outcome: z.enum(COMMENT_OUTCOMES),
			claimId: z.string().nullable(),
			position: z.number().int().nullable(),
			removed: z.enum(REMOVALS).optional()
		})
	}),
	z.object({
		...envelope,
		type: z.literal('claim.created'),
		data: z.object({
			...claimFacts,
			itemId: z.string(),
			state: claimStateSchema,
			rank: z.number().int(),
			position: z.number().int().nullable()
		})
	}),
	z.object({
		...envelope,
		type: z.literal('claim.released'),
		data: z.object({ ...claimFacts, from: claimStateSchema, rank: z.number().int() })
	}),
	z.object({ ...envelope, type: z.literal('claim.promoted'), data: z.object(claimFacts) }),
	z.object({
		...envelope,
		type: z.literal('item.updated'),
		data: z.object({
			action: z.enum([
				'added',
				'edited',
				'quantity',
				'opened',
				'closed',
				'removed',
				'shown',
				'hidden'
			]),
			item: itemSchema,
			previous: itemSchema.nullable(),
			actor: z.string(),
			cause: causeSchema.nullable()
		})
	}),
	z.object({
		...envelope,
		type: z.literal('session.status'),
		data: z.object({
			action: z.enum(['activated', 'paused', 'resumed', 'ended', 'reopened', 'edited']),
			status: showStatusSchema,
			previous: showStatusSchema,
			name: z.string(),
			claimWord: z.string(),
			passWord: z.string(),
			actor: z.string()
		})
	}),
	z.object({ ...envelope, type: z.literal('channel.status'), data: channelStatusSchema }),
	z.object({
		...envelope,
		type: z.literal('error'),
		data: z.object({ code: z.string(), message: z.string(), channelId: z.string().nullable() })
	})
]) satisfies z.ZodType<ShowEvent>;

/** Reads one event from its JSON text. Throws `ZodError` or `SyntaxError` for anything else. */
export function parseEvent(json: string): ShowEvent {
	return showEventSchema.parse(JSON.parse(json));
}

/** Checks a value that is already parsed JSON. */
export function asEvent(value: unknown): ShowEvent {
	return showEventSchema.parse(value);
}

const noteSchema = z.union([
	z.array(showEventSchema),
	z.object({ persisted: z.number().int() }),
	z.object({ reset: z.string() })
]);

/** What a show's shard channel carries: the events of one script call, or a note about the log. */
export type LiveNote = z.output<typeof noteSchema>;

/** Reads a message of a show's shard channel. */
export function parseNote(message: string): LiveNote {
	return noteSchema.parse(JSON.parse(message));
}

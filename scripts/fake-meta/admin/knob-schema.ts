import { z } from 'zod';

const share = z.number().min(0).max(1);
const milliseconds = z.number().min(0);
/** Percentages of one usage header (PLATFORMS 1.9). */
const percentages = z.strictObject({
	call_count: z.number().min(0).default(0),
	total_time: z.number().min(0).default(0),
	total_cputime: z.number().min(0).default(0)
});
const between = z
	.strictObject({ min: z.number().min(0), max: z.number().min(0) })
	.refine(({ min, max }) => min <= max, 'min is above max');

const graphKnobs = z.strictObject({
	/** "Require App Secret": calls without `appsecret_proof` are refused. */
	requireProof: z.boolean().default(true),
	/** The same on graph.instagram.com, where it is not documented. A wrong proof is always refused. */
	requireInstagramProof: z.boolean().default(false),
	/** Refuses (code 100) every call with `access_token=` in its URL, but where that is documented. */
	forbidTokenInUrl: z.boolean().default(false),
	/** Pages per page of `/me/accounts`, however high the client's limit. */
	pageSize: z.number().int().positive().default(25),
	/** HTTP status of code 190: both have been seen. */
	tokenErrorStatus: z.union([z.literal(400), z.literal(401)]).default(400),
	/** Long-lived user tokens come without `expires_in`. */
	omitExpiresIn: z.boolean().default(false),
	/** Usage headers on the replies from call number `afterCalls` on; null: none. */
	usage: z
		.strictObject({
			afterCalls: z.number().int().min(0).default(0),
			app: percentages.optional(),
			page: percentages.optional(),
			business: percentages.optional(),
			/** `estimated_time_to_regain_access`, MINUTES. */
			etaMinutes: z.number().min(0).default(0)
		})
		.nullable()
		.default(null)
});

const dialogKnobs = z.strictObject({
	/** `page` asks; the others answer with a redirect at once. */
	mode: z.enum(['page', 'grant', 'deny', 'partial', 'tamperState']).default('page'),
	/** Who is logged in: a person's id, or an Instagram account's. Null: the first one. */
	as: z.string().nullable().default(null),
	/** `partial`: permissions that are declined. */
	declined: z.array(z.string()).default([]),
	/** `partial`: ids of the pages that are ticked; null: all. */
	pages: z.array(z.string()).nullable().default(null)
});

const facebookKnobs = z.strictObject({
	/** Newest first although `chronological` was asked for. */
	reverseOrder: z.boolean().default(false),
	/** So many new comments are written after each page that has a next one. */
	insertWhilePaging: z.number().int().min(0).default(0),
	/** Share of the comments whose `from` is missing in lists and streams, also for the page's token. */
	omitFromShare: share.default(0),
	/** How often a single read of such a comment also comes without `from`. */
	omitFromReads: z.number().int().min(0).default(0)
});

const streamKnobs = z.strictObject({
	heartbeatMs: z.number().positive().default(2_000),
	/** Share of the comments that never come over the stream. */
	dropShare: share.default(0),
	/** Share of the frames whose data is an array. */
	arrayShare: share.default(0)
});

const instagramKnobs = z.strictObject({
	/** The code exchange answers `{…}` or `{"data":[{…}]}`. */
	tokenShape: z.enum(['flat', 'wrapped']).default('flat'),
	/** Seconds of a long-lived token's life. */
	longTokenSeconds: z.number().int().positive().default(5_184_000)
});

const webhookKnobs = z.strictObject({
	/** Share of the notifications that are never sent. */
	dropShare: share.default(0),
	/** Fields of which nothing is sent. */
	mutedFields: z.array(z.enum(['feed', 'live_videos', 'live_comments'])).default([]),
	/** Share of the deliveries that come twice, byte for byte. */
	duplicateShare: share.default(0),
	/** Notifications in one delivery, of several accounts when they are there. */
	batch: between.default({ min: 1, max: 1 }),
	/** How long notifications are gathered, real time. */
	gatherMs: milliseconds.default(0),
	/** The order of what was gathered is lost. */
	shuffle: z.boolean().default(false),
	/** Each delivery waits this long by the fake's clock. */
	delayMs: between.default({ min: 0, max: 0 }),
	/** Deliveries under way at once; 1 keeps their order. */
	concurrency: z.number().int().positive().default(1),
	/** Real time to an answer; then it is delivered again. */
	timeoutMs: z.number().positive().default(5_000),
	/** Times the pauses between retries (0 s, 1 s, 5 s, 30 s, 5 min, 1 h, 6 h, 12 h, 16 h by the clock). */
	retryScale: z.number().min(0).default(1),
	retries: z.number().int().min(0).max(9).default(9),
	/** Deliveries wait, and `delivered` with them, until the switch `releaseWebhooks`. */
	hold: z.boolean().default(false),
	/** Payload of Instagram's comments (PLATFORMS 3.3). */
	instagramShape: z.enum(['A', 'B', 'C', 'mixed']).default('A'),
	/** Share of the Instagram deliveries whose body is `[{…}]`. */
	arrayRootShare: share.default(0),
	entryTime: z.enum(['s', 'ms', 'mixed']).default('s'),
	/** `self_ig_scoped_id` also on what others write, as the dashboard's sample has it. */
	selfIdOnEverybody: z.boolean().default(false),
	/** Share of the feed comments that come with a reaction or a post beside them. */
	noiseShare: share.default(0),
	/** Whose secret signs notifications of accounts connected by Instagram Login. */
	instagramLoginSecret: z.enum(['app', 'instagram']).default('app')
});

export const knobsSchema = z.strictObject({
	graph: graphKnobs,
	dialog: dialogKnobs,
	facebook: facebookKnobs,
	streams: streamKnobs,
	instagram: instagramKnobs,
	webhooks: webhookKnobs
});
export type KnobValues = z.output<typeof knobsSchema>;

type KnobInput = z.input<typeof knobsSchema>;
/** Any part of the knobs, by group; what is not named stays as it is. */
export type KnobPatch = { readonly [Group in keyof KnobInput]?: Partial<KnobInput[Group]> };
/** The shape of a patch that came over HTTP; `Knobs.set` checks what is in it. */
export const knobPatchSchema = z.record(z.string(), z.record(z.string(), z.unknown()));

import { z } from 'zod';
import { MANUAL_PLATFORM } from '../../domain/buyer.ts';
import { DEFAULT_WORDS, MAX_WORD_TEXT, parseIntentWord } from '../../domain/parse-comment.ts';
import { MAX_ID_TEXT, MAX_NAME_TEXT } from '../../domain/text.ts';
import { child, explainIssues, quote } from './explain.ts';

/**
 * The rehearsal format (a recorded show as JSON Lines): the header line and every kind of line
 * after it, as zod schemas and as types.
 *
 * Every rule is one sentence that completes `"field" …`, because the reader of an error is whoever
 * edited the file, not a programmer. Keys the format does not know are ignored, so that a file of
 * a later version still plays; a `type` it does not know is an error, because skipping it would
 * silently play another show.
 */

/** More than intake keeps: it cuts a longer comment itself, as it does for a live one. */
const MAX_TEXT_CHARS = 20_000;
const MAX_SHOW_NAME_CHARS = 120;
const MAX_TITLE_CHARS = 200;
const MAX_HEADER_ITEMS = 100_000;

/** Gives a schema one message for whatever is wrong, and another one when the field is absent. */
const rule = (sentence: string) => ({
	error: (issue: { input?: unknown }) => (issue.input === undefined ? 'is missing' : sentence)
});

// Control characters and halves of surrogate pairs can be stored neither as text nor as JSON in
// Postgres. Intake cleans them out of a comment's text and names; in an id or a title they are an
// error, because two ids could become the same one.
const STORABLE = /^[^\p{Cc}\p{Cs}]*$/u;
const storableSentence = 'must not contain control characters or broken characters';

/** Text as it came, spaces included; may be empty. */
function exactText(max: number) {
	const sentence = rule(`must be text of at most ${max} characters`);
	return z.string(sentence).max(max, sentence);
}

/** Text that a person typed: outer spaces are dropped before it is measured. */
function typedText(max: number) {
	const sentence = rule(`must be text of 1 to ${max} characters`);
	return z
		.string(sentence)
		.trim()
		.min(1, sentence)
		.max(max, sentence)
		.regex(STORABLE, rule(storableSentence));
}

const idRule = rule(`must be text of 1 to ${MAX_ID_TEXT} characters, in quotes`);
const id = z
	.string(idRule)
	.min(1, idRule)
	.max(MAX_ID_TEXT, idRule)
	.regex(STORABLE, rule(storableSentence));

// "012" is refused rather than read as 12: the number in a recorded file is the item's identity,
// and a file in which "012" and "12" both occur has a mistake that someone should see.
const itemNumberRule = rule(
	'must be an item number in quotes, such as "12": 1 to 6 digits, not 0, without leading zeros'
);
const itemNumber = z.string(itemNumberRule).regex(/^[1-9][0-9]{0,5}$/, itemNumberRule);

const quantityRule = rule('must be a whole number from 0 to 9999');
const quantity = z.int(quantityRule).min(0, quantityRule).max(9999, quantityRule);

const atRule = rule('must be a whole number of milliseconds since the start, 0 or more');
const at = z.int(atRule).min(0, atRule);

const PLATFORM_SOURCE = '[a-z][a-z0-9_-]{0,31}';
const platformRule = rule(
	'must be a lower-case word such as "facebook" (letters, digits, "-" and "_", at most 32)'
);
const platform = z.string(platformRule).regex(new RegExp(`^${PLATFORM_SOURCE}$`), platformRule);

const buyerIdRule = rule(
	'must be a platform and a user id with a colon between them, such as "facebook:u1"'
);
const buyerId = z
	.string(buyerIdRule)
	.regex(new RegExp(`^${PLATFORM_SOURCE}:[^\\p{Cc}\\p{Cs}]{1,${MAX_ID_TEXT}}$`, 'u'), buyerIdRule);

const title = typedText(MAX_TITLE_CHARS);

const wordSentence = `must be one word of at most ${MAX_WORD_TEXT} characters with at least one letter`;
/** A claim or pass word, normalised as comments are (DESIGN §3). */
const word = z.string(rule(wordSentence)).transform((input, context) => {
	const parsed = parseIntentWord(input);
	if (parsed !== null) return parsed;
	context.addIssue({ code: 'custom', message: wordSentence });
	return z.NEVER;
});

const headerItemSchema = z.object(
	{ number: itemNumber, title, quantity },
	rule('must be an item: {"number":"12","title":"…","quantity":1}')
);

/** Line 1 of a rehearsal: the show and the items it starts with. */
export const rehearsalHeaderSchema = z
	.object({
		type: z.literal('show'),
		name: typedText(MAX_SHOW_NAME_CHARS),
		claimWord: word.default(DEFAULT_WORDS.claimWord),
		passWord: word.default(DEFAULT_WORDS.passWord),
		items: z
			.array(headerItemSchema, rule('must be a list of items in square brackets'))
			.max(MAX_HEADER_ITEMS, rule(`must be a list of at most ${MAX_HEADER_ITEMS} items`))
	})
	.superRefine((header, context) => {
		if (header.claimWord === header.passWord) {
			context.addIssue({
				code: 'custom',
				path: ['passWord'],
				message: 'must be another word than "claimWord"'
			});
		}
		const seen = new Set<string>();
		for (const [index, item] of header.items.entries()) {
			if (seen.has(item.number)) {
				context.addIssue({
					code: 'custom',
					path: ['items', index, 'number'],
					message: 'is used by an earlier item already'
				});
			}
			seen.add(item.number);
		}
	});

const commentSchema = z.object({
	type: z.literal('comment'),
	at,
	// Walk-in buyers are `manual:<handle>`; a comment of that platform could speak for one of them.
	platform: platform.refine(
		(value) => value !== MANUAL_PLATFORM,
		rule(`must not be "${MANUAL_PLATFORM}": that word is kept for buyers the seller enters by hand`)
	),
	liveId: id,
	/** Absent when the source has none; intake then derives an identity from the content. */
	commentId: id.optional(),
	userId: id,
	userHandle: exactText(MAX_NAME_TEXT),
	userDisplayName: exactText(MAX_NAME_TEXT).nullish(),
	text: exactText(MAX_TEXT_CHARS)
});

const pauseSchema = z.object({ type: z.literal('pause'), at });
const resumeSchema = z.object({ type: z.literal('resume'), at });
const endSchema = z.object({ type: z.literal('end'), at });

const releaseSchema = z.object({
	type: z.literal('release'),
	at,
	item: itemNumber,
	buyer: buyerId
});

const handle = typedText(MAX_NAME_TEXT);
const platformBuyerSchema = z.object({ platform, userId: id, handle });
const walkInBuyerSchema = z.object({ handle });
const buyerRule = rule(
	'must be {"handle":"…"} for a walk-in, or {"platform":"…","userId":"…","handle":"…"}'
);
// With one of platform and userId alone, the half that is missing is the error; it must not turn
// into a walk-in because the other half counts as an unknown key.
const buyerSchema = z.looseObject({}, buyerRule).transform((buyer, context): AwardBuyer => {
	const schema = 'platform' in buyer || 'userId' in buyer ? platformBuyerSchema : walkInBuyerSchema;
	const parsed = schema.safeParse(buyer);
	if (parsed.success) return parsed.data;
	for (const issue of parsed.error.issues) {
		context.addIssue({ code: 'custom', path: issue.path, message: issue.message });
	}
	return z.NEVER;
});

const awardSchema = z.object({
	type: z.literal('award'),
	at,
	item: itemNumber,
	buyer: buyerSchema
});

const quantitySchema = z.object({ type: z.literal('quantity'), at, item: itemNumber, quantity });

const itemSchema = z.object({ type: z.literal('item'), at, number: itemNumber, title, quantity });

/** Any line after the header. */
export const rehearsalLineSchema = z.discriminatedUnion('type', [
	commentSchema,
	pauseSchema,
	resumeSchema,
	endSchema,
	releaseSchema,
	awardSchema,
	quantitySchema,
	itemSchema
]);

/** The buyer of an `award` line: someone the seller names, or a viewer of a platform. */
export type AwardBuyer = { handle: string } | { platform: string; userId: string; handle: string };

/** The show as line 1 describes it; claim and pass word are filled in. */
export type RehearsalHeader = z.infer<typeof rehearsalHeaderSchema>;

/** One line after the header, told apart by `type`. `at` is milliseconds since the start. */
export type RehearsalLine = z.infer<typeof rehearsalLineSchema>;

/** A whole, valid rehearsal. `lineNumber` counts from 1, so the first entry stands on line 2. */
export type Rehearsal = {
	header: RehearsalHeader;
	lines: { lineNumber: number; line: RehearsalLine }[];
};

/** A validated value, or what is wrong with it in words. */
export type Parsed<T> = { ok: true; value: T } | { ok: false; message: string };

const LINE_TYPES: readonly string[] = rehearsalLineSchema.options.map(
	(option) => option.shape.type.value
);

/**
 * Validates the JSON value of line 1.
 * @returns the header with defaults filled in, or one message that names every wrong field
 */
export function parseRehearsalHeader(value: unknown): Parsed<RehearsalHeader> {
	if (typeOf(value) !== 'show') {
		return {
			ok: false,
			message: 'The first line must describe the show: {"type":"show","name":"…","items":[…]}.'
		};
	}
	const parsed = rehearsalHeaderSchema.safeParse(value);
	return parsed.success
		? { ok: true, value: parsed.data }
		: { ok: false, message: explainIssues(parsed.error.issues, value) };
}

/**
 * Validates the JSON value of a line after the first.
 * @returns the line, or one message that names every wrong field
 */
export function parseRehearsalLine(value: unknown): Parsed<RehearsalLine> {
	const type = typeOf(value);
	if (type === undefined) {
		return { ok: false, message: 'A line must be one JSON object with a "type".' };
	}
	if (type === 'show') {
		return { ok: false, message: 'Only the first line can describe the show ("type":"show").' };
	}
	if (!LINE_TYPES.includes(type)) {
		const known = LINE_TYPES.map((name) => `"${name}"`).join(', ');
		return { ok: false, message: `"type" ${quote(type)} is not known. Known are ${known}.` };
	}
	const parsed = rehearsalLineSchema.safeParse(value);
	return parsed.success
		? { ok: true, value: parsed.data }
		: { ok: false, message: explainIssues(parsed.error.issues, value) };
}

function typeOf(value: unknown): string | undefined {
	const type = child(value, 'type');
	return typeof type === 'string' ? type : undefined;
}

import { z } from 'zod';
import { MANUAL_PLATFORM, buyerKey, manualBuyer } from '../../domain/buyer.ts';
import type { Buyer } from '../../domain/buyer.ts';
import { MAX_WORD_TEXT, parseIntentWord, parseItemNumber } from '../../domain/parse-comment.ts';
import { MAX_ID_TEXT, MAX_NAME_TEXT, cleanText } from '../../domain/text.ts';
import { MAX_QUANTITY } from '../allocator/operator-actions.ts';
import { DEFAULT_PAGE_ROWS, MAX_PAGE_ROWS } from '../history/queries/page.ts';

// Pieces of input that several procedures take. Each cleans what people type.

/** Trimmed text of 1 to `limit` characters without control characters. */
function lineOfText(what: string, limit: number) {
	return z
		.string()
		.max(limit * 2, `${what} can have at most ${limit} characters.`)
		.transform((text) =>
			cleanText(text, limit * 2)
				.replace(/[\t\n]/g, ' ')
				.trim()
		)
		.pipe(
			z
				.string()
				.min(1, `${what} must not be empty.`)
				.max(limit, `${what} can have at most ${limit} characters.`)
		);
}

export const showName = lineOfText('The name', MAX_NAME_TEXT);
export const itemTitle = lineOfText('The title', MAX_NAME_TEXT);

/** `12` for `12` and `0012`. */
export const itemNumber = z.string().transform((digits, context) => {
	const number = parseItemNumber(digits.trim());
	if (number !== null) return number;
	context.addIssue({ code: 'custom', message: 'An item number has 1 to 6 digits and is not 0.' });
	return z.NEVER;
});

export const quantity = z
	.number()
	.int('The quantity must be a whole number.')
	.min(0, 'The quantity can’t be negative.')
	.max(MAX_QUANTITY, `The quantity can be at most ${MAX_QUANTITY}.`);

/** Most items of a show: each of its consoles, and whoever shows its past, holds all of them. */
export const MAX_SHOW_ITEMS = 5_000;

export const newItem = z.object({ number: itemNumber, title: itemTitle, quantity });

/** A claim or pass word, normalised. */
export const intentWord = z.string().transform((typed, context) => {
	const word = typed.length <= MAX_WORD_TEXT * 4 ? parseIntentWord(typed) : null;
	if (word !== null) return word;
	context.addIssue({
		code: 'custom',
		message: `Use one word of at most ${MAX_WORD_TEXT} characters with at least one letter.`
	});
	return z.NEVER;
});

/** A platform's opaque id: taken as it is, or refused. */
const opaqueId = z
	.string()
	.min(1)
	.max(MAX_ID_TEXT)
	.refine((id) => id === cleanText(id, MAX_ID_TEXT), 'must not hold control characters');

export const platformName = z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/, 'is not a platform’s name');

export const buyerKeyText = z
	.string()
	.max(MAX_ID_TEXT + 40)
	.regex(/^[a-z][a-z0-9_-]{0,31}:./su, 'must be platform:userId')
	.refine((key) => key === cleanText(key, key.length), 'must not hold control characters');

const handle = lineOfText('The handle', MAX_NAME_TEXT);

/** A buyer named by hand, or one that a platform knows. */
export const buyer = z
	.union([z.object({ platform: platformName, userId: opaqueId, handle }), z.object({ handle })])
	.transform((named): Buyer => {
		if (!('platform' in named) || named.platform === MANUAL_PLATFORM)
			return manualBuyer(named.handle);
		const { platform, userId } = named;
		return {
			key: buyerKey(platform, userId),
			platform,
			userId,
			handle: named.handle,
			displayName: null
		};
	});

/** A claim as a console points at it. With `claimId` the action is refused when it is another one by now. */
export const claimTarget = z.object({
	item: itemNumber,
	buyerKey: buyerKeyText,
	claimId: z.uuid().optional()
});

export const pageLimit = z.number().int().min(1).max(MAX_PAGE_ROWS).default(DEFAULT_PAGE_ROWS);

/** A seq as the cursor of a list. */
export const seqCursor = z
	.string()
	.regex(/^[0-9]{1,15}$/, 'is not a cursor of this list')
	.transform(Number)
	.nullish()
	.transform((cursor) => cursor ?? null);

/** Search text; null when there is nothing to search for. */
export const searchText = z
	.string()
	.max(MAX_NAME_TEXT)
	.nullish()
	.transform((text) => cleanText(text ?? '', MAX_NAME_TEXT).trim() || null);

/** An optional filter: absent and null mean everything. */
export function filterBy<Schema extends z.ZodType>(schema: Schema) {
	return schema.nullish().transform((value) => value ?? null);
}

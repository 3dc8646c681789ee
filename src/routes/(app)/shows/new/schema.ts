import { z } from 'zod';
import { MAX_WORD_TEXT, parseIntentWord } from '$lib/domain/parse-comment.ts';
import { MAX_ITEM_LINES, parseItemLines } from '$lib/domain/parse-item-line.ts';
import { MAX_NAME_TEXT } from '$lib/domain/text.ts';

/** Longest text that the field of pasted items takes. */
const MAX_PASTE = 200_000;

const word = z
	.string()
	.max(MAX_WORD_TEXT * 4, 'This word is too long.')
	.refine(
		(typed) => parseIntentWord(typed) !== null,
		`Use one word of at most ${MAX_WORD_TEXT} characters with at least one letter.`
	);

/** The form of a new show, as it is typed. */
export const newShowForm = z
	.object({
		name: z
			.string()
			.trim()
			.min(1, 'Give the show a name.')
			.max(MAX_NAME_TEXT, `The name can have at most ${MAX_NAME_TEXT} characters.`),
		claimWord: word.default('sold'),
		passWord: word.default('pass'),
		items: z
			.string()
			.max(MAX_PASTE, 'This is too much text for one paste.')
			.superRefine((paste, context) => {
				const lines = parseItemLines(paste);
				const faulty = lines.filter((line) => !line.ok).length;
				if (faulty > 0) {
					context.addIssue({
						code: 'custom',
						message:
							faulty === 1
								? 'One line can’t be read. Correct or delete it.'
								: `${faulty} lines can’t be read. Correct or delete them.`
					});
				}
				if (lines.length > MAX_ITEM_LINES) {
					context.addIssue({
						code: 'custom',
						message: `A new show can start with at most ${MAX_ITEM_LINES} items.`
					});
				}
			})
	})
	.refine(
		({ claimWord, passWord }) => {
			const claim = parseIntentWord(claimWord);
			return claim === null || claim !== parseIntentWord(passWord);
		},
		{ path: ['passWord'], message: 'The two words must differ.' }
	);

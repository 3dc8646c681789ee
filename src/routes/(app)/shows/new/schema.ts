import { z } from 'zod';
import { MAX_WORD_TEXT } from '$lib/domain/parse-comment.ts';
import { MAX_NAME_TEXT } from '$lib/domain/text.ts';
import { checkSettings } from '$lib/setup/check-settings.ts';
import { MAX_LIST_TEXT } from '$lib/setup/read-item-list.ts';
import { reviewNewItems } from './review-new-items.ts';

/** Most items that a show can be created with, as the API has it. */
const MAX_NEW_ITEMS = 500;

const items = z
	.string()
	.max(MAX_LIST_TEXT, 'This is too much text for one paste.')
	.superRefine((list, context) => {
		const { faulty, ready } = reviewNewItems(list);
		const refuse = (message: string) => context.addIssue({ code: 'custom', message });
		if (faulty === 1) refuse('One line can’t be read. Correct or delete it.');
		if (faulty > 1) refuse(`${faulty} items can’t be read. Correct or delete them.`);
		if (ready.length > MAX_NEW_ITEMS) {
			refuse(
				`A new show can start with at most ${MAX_NEW_ITEMS} items. Create it, then add the rest.`
			);
		}
	});

/** The form of a new show, as it is typed. */
export const newShowForm = z
	.object({
		// Far above what is allowed: the rules themselves stand in `checkSettings`.
		name: z.string().max(MAX_NAME_TEXT * 4),
		claimWord: z
			.string()
			.max(MAX_WORD_TEXT * 4)
			.default('sold'),
		passWord: z
			.string()
			.max(MAX_WORD_TEXT * 4)
			.default('pass'),
		items
	})
	.superRefine((form, context) => {
		for (const [field, message] of Object.entries(checkSettings(form))) {
			context.addIssue({ code: 'custom', path: [field], message });
		}
	});

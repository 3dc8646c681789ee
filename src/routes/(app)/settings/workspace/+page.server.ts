import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { orErrorPage, requireMember } from '../../../page-access.ts';
import type { Actions, PageServerLoad } from './$types';

const choice = z.object({ workspaceId: z.uuid() });

// Switching changes something, so a link must not do it.
export const load: PageServerLoad = () => redirect(303, '/settings');

export const actions: Actions = {
	default: async ({ locals, request, url }) => {
		requireMember(locals, url);
		const input = choice.safeParse(Object.fromEntries(await request.formData()));
		if (input.success) {
			await orErrorPage(locals, url, locals.api.account.switchWorkspace(input.data));
		}
		redirect(303, '/dashboard');
	}
};

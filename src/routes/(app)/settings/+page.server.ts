import { fail, redirect } from '@sveltejs/kit';
import { superValidate } from 'sveltekit-superforms';
import { zod4 } from 'sveltekit-superforms/adapters';
import { z } from 'zod';
import { may } from '$lib/server/auth/permissions.ts';
import { findAppError } from '$lib/server/trpc/errors.ts';
import { settingsInput } from '$lib/server/trpc/settings-input.ts';
import { flatForm } from '../../flat-form.ts';
import { formRefusal } from '../../form-refusal.ts';
import { orErrorPage, requireMember } from '../../page-access.ts';
import type { Actions, PageServerLoad } from './$types';

/** The settings as a form sends them. */
const settingsForm = settingsInput
	.omit({ pollSeconds: true })
	// Empty: as the server paces itself.
	.extend({ poll: z.string().regex(/^([0-9]{1,2})?$/) })
	.refine((form) => form.claimWord !== form.passWord, {
		path: ['passWord'],
		message: 'The two words must differ.'
	});
const settingsSchema = zod4(settingsForm);
const deletion = z.object({ name: z.string().max(1_000) });

export const load: PageServerLoad = async ({ locals, url }) => {
	const { role } = requireMember(locals, url);
	const settings = await orErrorPage(locals, url, locals.api.settings.get());
	const { name, timeZone, claimWord, passWord, pollSeconds, sounds } = settings;
	const poll = pollSeconds === null ? '' : String(pollSeconds);
	return {
		settings,
		form: await superValidate(
			{ name, timeZone, claimWord, passWord, poll, sounds },
			settingsSchema,
			{ errors: false }
		),
		mayChange: may(role, 'changeSettings'),
		mayDelete: may(role, 'deleteWorkspace')
	};
};

export const actions: Actions = {
	save: async ({ locals, request, url }) => {
		requireMember(locals, url);
		const form = await superValidate(await flatForm(request), settingsSchema);
		if (!form.valid) return fail(400, { form });
		const { poll, ...settings } = form.data;
		const pollSeconds = poll === '' ? null : Number(poll);
		try {
			await locals.api.settings.update({ ...settings, pollSeconds });
		} catch (cause) {
			return formRefusal(form, cause, locals.requestId);
		}
		return { form };
	},

	delete: async ({ locals, request, url }) => {
		requireMember(locals, url);
		const input = deletion.safeParse(Object.fromEntries(await request.formData()));
		if (!input.success) return fail(400, { deletion: 'Type the workspace’s name.' });
		try {
			await locals.api.settings.deleteWorkspace(input.data);
		} catch (cause) {
			const refusal = findAppError(cause);
			if (!refusal) throw cause;
			return fail(400, { deletion: refusal.message });
		}
		redirect(303, '/');
	}
};

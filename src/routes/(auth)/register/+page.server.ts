import { fail, redirect } from '@sveltejs/kit';
import { setError, superValidate } from 'sveltekit-superforms';
import { zod4 } from 'sveltekit-superforms/adapters';
import { MIN_PASSWORD_TEXT, registerInput } from '$lib/server/auth/input.ts';
import { findAppError } from '$lib/server/trpc/errors.ts';
import { TIME_ZONE_COOKIE, knownTimeZone } from '$lib/ui/time-zone.svelte.ts';
import { flatForm } from '../../flat-form.ts';
import { formRefusal } from '../../form-refusal.ts';
import { safeRedirect } from '../../safe-redirect.ts';
import type { Actions, PageServerLoad } from './$types';

const schema = zod4(registerInput);

export const load: PageServerLoad = async ({ locals, url }) => {
	const redirectTo = safeRedirect(url.searchParams.get('redirectTo'));
	if (locals.member) redirect(303, redirectTo);
	return {
		form: await superValidate(schema),
		redirectTo,
		minPasswordLength: MIN_PASSWORD_TEXT
	};
};

export const actions: Actions = {
	default: async ({ locals, request, url, cookies }) => {
		const form = await superValidate(await flatForm(request), schema);
		const input = { ...form.data };
		form.data.password = '';
		if (!form.valid) return fail(400, { form });
		try {
			const timeZone = knownTimeZone(cookies.get(TIME_ZONE_COOKIE));
			await locals.api.auth.register({ ...input, timeZone });
		} catch (cause) {
			const refusal = findAppError(cause);
			if (refusal?.code === 'EMAIL_TAKEN') {
				return setError(form, 'email', refusal.message, { status: 409 });
			}
			return formRefusal(form, cause, locals.requestId);
		}
		redirect(303, safeRedirect(url.searchParams.get('redirectTo')));
	}
};

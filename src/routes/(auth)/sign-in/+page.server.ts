import { fail, redirect } from '@sveltejs/kit';
import { superValidate } from 'sveltekit-superforms';
import { zod4 } from 'sveltekit-superforms/adapters';
import { signInInput } from '$lib/server/auth/input.ts';
import { flatForm } from '../../flat-form.ts';
import { formRefusal } from '../../form-refusal.ts';
import { safeRedirect } from '../../safe-redirect.ts';
import type { Actions, PageServerLoad } from './$types';

const schema = zod4(signInInput);

export const load: PageServerLoad = async ({ locals, url }) => {
	const redirectTo = safeRedirect(url.searchParams.get('redirectTo'));
	if (locals.member) redirect(303, redirectTo);
	return { form: await superValidate(schema), redirectTo };
};

export const actions: Actions = {
	default: async ({ locals, request, url }) => {
		const form = await superValidate(await flatForm(request), schema);
		const { email, password } = form.data;
		form.data.password = '';
		if (!form.valid) return fail(400, { form });
		try {
			await locals.api.auth.signIn({ email, password });
		} catch (cause) {
			return formRefusal(form, cause, locals.requestId);
		}
		redirect(303, safeRedirect(url.searchParams.get('redirectTo')));
	}
};

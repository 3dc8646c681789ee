import { fail, redirect } from '@sveltejs/kit';
import { setError, superValidate } from 'sveltekit-superforms';
import { zod4 } from 'sveltekit-superforms/adapters';
import { MIN_PASSWORD_TEXT, personInput, signInInput } from '$lib/server/auth/input.ts';
import { findAppError } from '$lib/server/trpc/errors.ts';
import { flatForm } from '../../../flat-form.ts';
import { formRefusal } from '../../../form-refusal.ts';
import { orErrorPage, requireMember } from '../../../page-access.ts';
import { HOME_PATH } from '../../../safe-redirect.ts';
import type { Actions, PageServerLoad } from './$types';

const personSchema = zod4(personInput);
const signInSchema = zod4(signInInput);

export const load: PageServerLoad = async ({ locals, params, url, setHeaders }) => {
	const { token } = params;
	setHeaders({ 'cache-control': 'no-store' });
	return {
		invitation: await orErrorPage(locals, url, locals.api.members.readInvite({ token })),
		email: locals.member?.email ?? null,
		hasAccount: url.searchParams.has('account'),
		personForm: await superValidate(personSchema, { id: 'person' }),
		signInForm: await superValidate(signInSchema, { id: 'sign-in' }),
		minPasswordLength: MIN_PASSWORD_TEXT
	};
};

export const actions: Actions = {
	/** Somebody who is signed in. */
	accept: async ({ locals, params, url }) => {
		requireMember(locals, url);
		const { token } = params;
		try {
			await locals.api.members.acceptInvite({ token });
		} catch (cause) {
			return formRefusal({ valid: false, message: '' }, cause, locals.requestId);
		}
		redirect(303, HOME_PATH);
	},

	/** Somebody new. */
	register: async ({ locals, params, request }) => {
		const form = await superValidate(await flatForm(request), personSchema, { id: 'person' });
		const person = { ...form.data };
		form.data.password = '';
		if (!form.valid) return fail(400, { form });
		try {
			await locals.api.members.acceptAsNew({ ...person, token: params.token });
		} catch (cause) {
			const refusal = findAppError(cause);
			if (refusal?.code === 'EMAIL_TAKEN') {
				return setError(form, 'email', refusal.message, { status: 409 });
			}
			return formRefusal(form, cause, locals.requestId);
		}
		redirect(303, HOME_PATH);
	},

	/** Somebody who has an account. */
	signIn: async ({ locals, params, request }) => {
		const form = await superValidate(await flatForm(request), signInSchema, { id: 'sign-in' });
		const credentials = { ...form.data };
		form.data.password = '';
		if (!form.valid) return fail(400, { form });
		try {
			await locals.api.members.acceptBySignIn({ ...credentials, token: params.token });
		} catch (cause) {
			return formRefusal(form, cause, locals.requestId);
		}
		redirect(303, HOME_PATH);
	}
};

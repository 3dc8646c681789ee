import { fail, redirect } from '@sveltejs/kit';
import { setError, superValidate } from 'sveltekit-superforms';
import { zod4 } from 'sveltekit-superforms/adapters';
import {
	MIN_PASSWORD_TEXT,
	accountDeletion,
	passwordChange,
	renameInput
} from '$lib/server/auth/input.ts';
import { findAppError } from '$lib/server/trpc/errors.ts';
import { flatForm } from '../../../flat-form.ts';
import { formRefusal } from '../../../form-refusal.ts';
import { orErrorPage, requireMember } from '../../../page-access.ts';
import type { Actions, PageServerLoad } from './$types';

const nameSchema = zod4(renameInput);
const passwordSchema = zod4(passwordChange);

export const load: PageServerLoad = async ({ locals, url }) => {
	const { name, email } = requireMember(locals, url);
	return {
		email,
		sessions: await orErrorPage(locals, url, locals.api.account.sessions()),
		nameForm: await superValidate({ name }, nameSchema, { errors: false, id: 'name' }),
		passwordForm: await superValidate(passwordSchema, { id: 'password' }),
		minPasswordLength: MIN_PASSWORD_TEXT
	};
};

export const actions: Actions = {
	rename: async ({ locals, request, url }) => {
		requireMember(locals, url);
		const form = await superValidate(await flatForm(request), nameSchema, { id: 'name' });
		if (!form.valid) return fail(400, { form });
		try {
			await locals.api.account.rename(form.data);
		} catch (cause) {
			return formRefusal(form, cause, locals.requestId);
		}
		return { form };
	},

	password: async ({ locals, request, url }) => {
		requireMember(locals, url);
		const form = await superValidate(await flatForm(request), passwordSchema, { id: 'password' });
		const change = { ...form.data };
		// What was typed does not travel back.
		form.data = { currentPassword: '', newPassword: '' };
		if (!form.valid) return fail(400, { form });
		try {
			await locals.api.account.changePassword(change);
		} catch (cause) {
			const refusal = findAppError(cause);
			if (refusal?.code === 'WRONG_PASSWORD') {
				return setError(form, 'currentPassword', refusal.message, { status: 403 });
			}
			return formRefusal(form, cause, locals.requestId);
		}
		return { form };
	},

	delete: async ({ locals, request, url }) => {
		requireMember(locals, url);
		const input = accountDeletion.safeParse(Object.fromEntries(await request.formData()));
		if (!input.success) return fail(400, { deletion: 'Please enter your password.' });
		try {
			await locals.api.account.remove(input.data);
		} catch (cause) {
			const refusal = findAppError(cause);
			if (!refusal) throw cause;
			return fail(400, { deletion: refusal.message });
		}
		redirect(303, '/');
	},

	endSession: async ({ locals, request, url }) => {
		requireMember(locals, url);
		const id = String((await request.formData()).get('id'));
		try {
			await locals.api.account.endSession({ id });
		} catch (cause) {
			const refusal = findAppError(cause);
			if (!refusal) throw cause;
			return fail(400, { session: refusal.message });
		}
	},

	signOutEverywhere: async ({ locals, url }) => {
		requireMember(locals, url);
		await orErrorPage(locals, url, locals.api.account.signOutEverywhere());
		redirect(303, '/sign-in');
	}
};

import { error, fail, redirect } from '@sveltejs/kit';
import { superValidate } from 'sveltekit-superforms';
import { zod4 } from 'sveltekit-superforms/adapters';
import { mayOperate } from '$lib/server/auth/member.ts';
import { flatForm } from '../../../flat-form.ts';
import { formRefusal } from '../../../form-refusal.ts';
import { orErrorPage, requireMember } from '../../../page-access.ts';
import { reviewNewItems } from './review-new-items.ts';
import { newShowForm } from './schema.ts';
import { COPY_PAGE_ROWS, wayOf } from './ways.ts';
import type { Actions, PageServerLoad } from './$types';

const schema = zod4(newShowForm);

export const load: PageServerLoad = async ({ locals, url }) => {
	const member = requireMember(locals, url);
	if (!mayOperate(member.role))
		error(403, { message: 'Your role does not allow this.', code: 'FORBIDDEN' });
	const way = wayOf(url.searchParams.get('from'));
	const former =
		way === 'copy'
			? await orErrorPage(locals, url, locals.api.shows.list({ limit: COPY_PAGE_ROWS }))
			: null;
	const { claimWord, passWord } = await orErrorPage(locals, url, locals.api.settings.get());
	return {
		way,
		former: former?.shows ?? [],
		form: await superValidate({ claimWord, passWord }, schema, { errors: false })
	};
};

export const actions: Actions = {
	default: async ({ locals, request, url }) => {
		requireMember(locals, url);
		const form = await superValidate(await flatForm(request), schema);
		if (!form.valid) return fail(400, { form });
		const { name, claimWord, passWord } = form.data;
		const items = [...reviewNewItems(form.data.items).ready];
		let showId: string;
		try {
			({ showId } = await locals.api.shows.create({ name, claimWord, passWord, items }));
		} catch (cause) {
			return formRefusal(form, cause, locals.requestId);
		}
		redirect(303, `/shows/${showId}/setup`);
	}
};

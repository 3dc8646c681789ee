import { redirect } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';
import { HOME_PATH } from './safe-redirect.ts';

export const load: PageServerLoad = ({ locals }) => {
	if (locals.member) redirect(303, HOME_PATH);
};

import { publicSnapshot } from '$lib/presenter/presented.ts';
import { PRESENTER_THEME_COOKIE, presenterTheme } from '$lib/presenter/theme.ts';
import { orErrorPage, requireMember } from '../../../../page-access.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url, cookies }) => {
	requireMember(locals, url);
	const showId = params.id;
	const [show, snapshot] = await orErrorPage(
		locals,
		url,
		Promise.all([locals.api.shows.get({ showId }), locals.api.shows.snapshot({ showId })])
	);
	return {
		show,
		snapshot: publicSnapshot(snapshot),
		theme: presenterTheme(cookies.get(PRESENTER_THEME_COOKIE))
	};
};

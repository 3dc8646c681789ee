import { error } from '@sveltejs/kit';
import { mayOperate } from '$lib/server/auth/member.ts';
import { orErrorPage, requireMember } from '../../../../page-access.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const member = requireMember(locals, url);
	const showId = params.id;
	const [show, snapshot, settings] = await orErrorPage(
		locals,
		url,
		Promise.all([
			locals.api.shows.get({ showId }),
			locals.api.shows.snapshot({ showId }),
			locals.api.settings.get()
		])
	);
	if (!mayOperate(member.role)) {
		error(403, { message: 'Your role does not allow this.', code: 'FORBIDDEN' });
	}
	// The page shows the items; comments stay where they are.
	return {
		show,
		snapshot: { ...snapshot, comments: [], feed: [] },
		workspace: { pollSeconds: settings.pollSeconds, sounds: settings.sounds }
	};
};

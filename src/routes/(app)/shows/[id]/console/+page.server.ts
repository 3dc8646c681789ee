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
	return {
		show,
		snapshot,
		serverNow: Date.now(),
		mayOperate: mayOperate(member.role),
		soundsOn: show.overrides.sounds ?? settings.sounds
	};
};

import { mayOperate } from '$lib/server/auth/member.ts';
import { orErrorPage, requireMember } from '../../../../page-access.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const member = requireMember(locals, url);
	const summary = await orErrorPage(locals, url, locals.api.summary.get({ showId: params.id }));
	return { summary, mayOperate: mayOperate(member.role) };
};

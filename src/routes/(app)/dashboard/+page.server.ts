import { mayOperate } from '$lib/server/auth/member.ts';
import { orErrorPage, requireMember } from '../../page-access.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, depends }) => {
	depends('app:dashboard');
	const member = requireMember(locals, url);
	const dashboard = await orErrorPage(locals, url, locals.api.shows.dashboard());
	return { ...dashboard, serverNow: Date.now(), mayOperate: mayOperate(member.role) };
};

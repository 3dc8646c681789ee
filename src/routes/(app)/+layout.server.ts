import { memberProfile } from '$lib/server/auth/member.ts';
import { orErrorPage, requireMember } from '../page-access.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals, url }) => {
	const member = memberProfile(requireMember(locals, url));
	const { workspaces } = await orErrorPage(locals, url, locals.api.account.workspaces());
	return { member, workspaces };
};

import { may } from '$lib/server/auth/permissions.ts';
import { orErrorPage, requireMember } from '../../../page-access.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, depends }) => {
	depends('app:members');
	const { role } = requireMember(locals, url);
	const mayManage = may(role, 'manageMembers');
	const [{ members, permissions }, invites] = await orErrorPage(
		locals,
		url,
		Promise.all([
			locals.api.members.list(),
			mayManage ? locals.api.members.invites() : Promise.resolve([])
		])
	);
	return { members, permissions, invites, mayManage };
};

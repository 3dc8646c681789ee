import { memberProfile } from '$lib/server/auth/member.ts';
import { may } from '$lib/server/auth/permissions.ts';
import { orErrorPage, requireMember } from '../page-access.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals, url }) => {
	const member = requireMember(locals, url);
	const { workspaces } = await orErrorPage(locals, url, locals.api.account.workspaces());
	const mayReadAuditLog = may(member.role, 'readAuditLog');
	return { member: memberProfile(member), mayReadAuditLog, workspaces };
};

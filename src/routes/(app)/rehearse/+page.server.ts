import { error } from '@sveltejs/kit';
import { mayOperate } from '$lib/server/auth/member.ts';
import { requireMember } from '../../page-access.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, url }) => {
	const member = requireMember(locals, url);
	if (!mayOperate(member.role))
		error(403, { message: 'Your role does not allow this.', code: 'FORBIDDEN' });
};

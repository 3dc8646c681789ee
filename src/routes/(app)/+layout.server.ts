import { memberProfile } from '$lib/server/auth/member.ts';
import { requireMember } from '../page-access.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ locals, url }) => ({
	member: memberProfile(requireMember(locals, url))
});

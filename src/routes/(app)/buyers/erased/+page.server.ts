import { requireMember } from '../../../page-access.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, url }) => {
	requireMember(locals, url);
};

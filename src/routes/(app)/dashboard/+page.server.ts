import { mayOperate } from '$lib/server/auth/member.ts';
import { orErrorPage, requireMember } from '../../page-access.ts';
import { firstSteps } from './first-steps.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, depends }) => {
	depends('app:dashboard');
	const member = requireMember(locals, url);
	const [dashboard, connections] = await orErrorPage(
		locals,
		url,
		Promise.all([locals.api.shows.dashboard(), locals.api.connections.list()])
	);
	return {
		...dashboard,
		steps: mayOperate(member.role) ? firstSteps(dashboard, connections) : null,
		serverNow: Date.now(),
		mayOperate: mayOperate(member.role)
	};
};

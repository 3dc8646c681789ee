import { fail } from '@sveltejs/kit';
import { z } from 'zod';
import { mayOperate } from '$lib/server/auth/member.ts';
import { formRefusal } from '../../form-refusal.ts';
import { orErrorPage, requireMember } from '../../page-access.ts';
import { leavePurpose, metaLogin, takeOutcome } from './login-cookies.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, cookies, depends }) => {
	depends('app:connections');
	const member = requireMember(locals, url);
	const { connections, offers } = await orErrorPage(locals, url, locals.api.connections.list());
	// The console's alarm names the connection that it is about.
	const wanted = url.searchParams.get('reconnect');
	const reconnectId = connections.find(({ id }) => id === wanted)?.id ?? null;
	return {
		connections,
		offers,
		reconnectId,
		reconnectGone: wanted !== null && reconnectId === null,
		outcome: takeOutcome({ cookies, url }),
		serverNow: Date.now(),
		mayOperate: mayOperate(member.role)
	};
};

const yes = z
	.literal('yes')
	.optional()
	.transform((word) => word === 'yes');
const beginForm = z.object({ login: metaLogin, rerequest: yes, renew: yes });

export const actions: Actions = {
	/**
	 * Where Meta's window is. A redirect to it would be blocked, because a form of ours may lead to our
	 * own origin only (CSP `form-action`); so the page goes there itself, or shows a link.
	 */
	begin: async ({ locals, request, url, cookies }) => {
		requireMember(locals, url);
		const input = beginForm.safeParse(Object.fromEntries(await request.formData()));
		if (!input.success) {
			return fail(400, { form: { valid: false, message: 'This form is not valid.' } });
		}
		const { login, rerequest, renew } = input.data;
		try {
			const begun = await locals.api.connections.begin({ login, origin: url.origin, rerequest });
			leavePurpose({ cookies, url }, renew);
			return { continueAt: begun.url, login };
		} catch (cause) {
			return formRefusal({ valid: false, message: '' }, cause, locals.requestId);
		}
	}
};

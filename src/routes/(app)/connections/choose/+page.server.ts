import { error, fail, redirect } from '@sveltejs/kit';
import { mayOperate } from '$lib/server/auth/member.ts';
import { findAppError } from '$lib/server/trpc/errors.ts';
import { formRefusal } from '../../../form-refusal.ts';
import { orErrorPage, requireMember } from '../../../page-access.ts';
import { CONNECTIONS_PATH, isRenewing, leaveOutcome, leavePurpose } from '../login-cookies.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

/** What was granted waits for ten minutes and for one session; after that there is nothing to choose. */
async function orStartAgain<T>(event: Pick<RequestEvent, 'cookies' | 'url'>, call: Promise<T>) {
	try {
		return await call;
	} catch (cause) {
		const refusal = findAppError(cause);
		if (refusal?.code !== 'CONNECT_EXPIRED') throw cause;
		leaveOutcome(event, { kind: 'failed', login: null, message: refusal.message });
		redirect(303, CONNECTIONS_PATH);
	}
}

const pickOf = (url: URL): string => url.searchParams.get('pick') ?? '';

export const load: PageServerLoad = async ({ locals, url, cookies }) => {
	const member = requireMember(locals, url);
	if (!mayOperate(member.role))
		error(403, { message: 'Your role does not allow this.', code: 'FORBIDDEN' });
	const asked = locals.api.connections.choices({ pickId: pickOf(url) });
	const choices = await orErrorPage(locals, url, orStartAgain({ cookies, url }, asked));
	return { ...choices, renewing: isRenewing(cookies) };
};

export const actions: Actions = {
	default: async ({ locals, request, url, cookies }) => {
		requireMember(locals, url);
		const sent = (await request.formData()).getAll('account');
		const accounts = sent.filter((key) => typeof key === 'string');
		if (accounts.length === 0) {
			return fail(400, { form: { valid: false, message: 'Choose at least one account.' } });
		}
		const asked = locals.api.connections.connect({ pickId: pickOf(url), accounts });
		let ids: string[];
		try {
			const { connections } = await orStartAgain({ cookies, url }, asked);
			ids = connections.map(({ id }) => id);
		} catch (cause) {
			return formRefusal({ valid: false, message: '' }, cause, locals.requestId);
		}
		leavePurpose({ cookies, url }, false);
		leaveOutcome({ cookies, url }, { kind: 'connected', ids });
		redirect(303, CONNECTIONS_PATH);
	}
};

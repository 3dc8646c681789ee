import { redirect } from '@sveltejs/kit';
import { errorShape } from '$lib/server/trpc/errors.ts';
import { SIGN_IN_PATH, redirectQuery } from '../../../../safe-redirect.ts';
import { CONNECTIONS_PATH, leaveOutcome, metaLogin } from '../../login-cookies.ts';
import type { RequestHandler } from './$types';

const SIGNED_OUT = 'You were signed out while Meta asked you. Please connect again.';
const NO_SUCH_LOGIN = 'This connection attempt is over. Please start it again.';

/** Meta appends `#_=_` (PLATFORMS 1.2), and browsers keep a fragment over redirects that have none. */
const NO_FRAGMENT = '#';

/**
 * Where Meta sends the seller back to. An endpoint and no page: it answers with a redirect whatever
 * happened, so that the code in its address is left behind at once.
 */
export const GET: RequestHandler = async ({ locals, params, url, cookies }) => {
	const login = metaLogin.safeParse(params.login).data ?? null;
	const backToList = (message: string): never => {
		leaveOutcome({ cookies, url }, { kind: 'failed', login, message });
		redirect(303, CONNECTIONS_PATH + NO_FRAGMENT);
	};
	if (!locals.member) {
		leaveOutcome({ cookies, url }, { kind: 'failed', login, message: SIGNED_OUT });
		redirect(303, SIGN_IN_PATH + redirectQuery(CONNECTIONS_PATH) + NO_FRAGMENT);
	}
	if (login === null) return backToList(NO_SUCH_LOGIN);
	const query = url.search;
	const result = await locals.api.connections
		.finish({ login, origin: url.origin, query })
		// A fault of ours is in the log already; an error page would keep the code in the address.
		.catch((cause: unknown) => backToList(errorShape(cause, locals.requestId).message));
	if (result.kind === 'denied') return backToList(result.reason);
	const pick = encodeURIComponent(result.pickId);
	redirect(303, `${CONNECTIONS_PATH}/choose?pick=${pick}${NO_FRAGMENT}`);
};

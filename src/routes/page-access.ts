import { error, redirect } from '@sveltejs/kit';
import type { Member } from '$lib/server/auth/member.ts';
import { errorShape, findAppError } from '$lib/server/trpc/errors.ts';
import { SIGN_IN_PATH, redirectQuery } from './safe-redirect.ts';

/** The signed-in member; sends everybody else to the sign-in page, and from there back here. */
export function requireMember(locals: App.Locals, url: URL): Member {
	if (locals.member) return locals.member;
	redirect(303, SIGN_IN_PATH + redirectQuery(url.pathname + url.search));
}

/**
 * What `call` resolves to. Its refusals become error pages with their own status and message; signed
 * out becomes the sign-in page. A fault of ours is thrown on.
 */
export async function orErrorPage<T>(locals: App.Locals, url: URL, call: Promise<T>): Promise<T> {
	try {
		return await call;
	} catch (cause) {
		const refusal = findAppError(cause);
		if (!refusal) throw cause;
		if (refusal.code === 'SIGNED_OUT') {
			redirect(303, SIGN_IN_PATH + redirectQuery(url.pathname + url.search));
		}
		const { requestId } = locals;
		const { message, data } = errorShape(cause, requestId);
		error(data.httpStatus, { message, code: refusal.code, requestId });
	}
}

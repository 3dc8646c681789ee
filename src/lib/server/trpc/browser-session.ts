import { AppError } from '../errors.ts';
import type { ApiContext, SessionCookies } from './api-context.ts';

/** Where the session cookie is written. Throws `INVALID_INPUT` on a socket, which has no response for it. */
export function cookiesOf(cookies: ApiContext['cookies']): SessionCookies {
	if (cookies) return cookies;
	throw new AppError('INVALID_INPUT', { message: 'Signing in and out needs an HTTP request.' });
}

/** Leaves the session that the browser came with: its cookie is about to be replaced. */
export async function leaveSession({
	member,
	services
}: Pick<ApiContext, 'member' | 'services'>): Promise<void> {
	if (!member) return;
	await services.auth.signOut(member.sessionId);
	// Consoles that the session opened end with it.
	await services.auth.news.announce(member.userId);
}

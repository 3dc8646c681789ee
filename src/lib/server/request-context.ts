import type { Cookies } from '@sveltejs/kit';
import { clientAddress } from './auth/client-address.ts';
import type { Member } from './auth/member.ts';
import { SESSION_COOKIE } from './auth/session-cookie.ts';
import type { Config } from './config.ts';
import { securityHeaders } from './protection/security-headers.ts';
import type { SessionCookies } from './trpc/api-context.ts';
import type { AuthService } from './auth/service.ts';

/** Writes the session cookie of a SvelteKit response. */
export function sessionCookies(
	cookies: Cookies,
	attributes: AuthService['cookie']
): SessionCookies {
	return {
		set: ({ sessionId, expiresAt }) => {
			cookies.set(SESSION_COOKIE, sessionId, { ...attributes, expires: expiresAt });
		},
		clear: () => {
			cookies.delete(SESSION_COOKIE, attributes);
		}
	};
}

export type AddressedRequest = {
	readonly request: { readonly headers: Headers };
	getClientAddress(): string;
};

/** The client's address, by the trusted proxy's word when one is configured. */
export function requestAddress(
	event: AddressedRequest,
	config: Pick<Config, 'trustedProxyHeader'>
): string {
	const header = config.trustedProxyHeader;
	return clientAddress({
		peer: event.getClientAddress(),
		forwarded: header === null ? null : event.request.headers.get(header)
	});
}

/** Headers that every response carries. Pages bring a content security policy of their own, by SvelteKit. */
export function setSecurityHeaders(headers: Headers, url: URL): void {
	for (const [name, value] of Object.entries(securityHeaders(url.protocol === 'https:'))) {
		if (!headers.has(name)) headers.set(name, value);
	}
}

/**
 * Whatever a member is answered is theirs alone: no proxy keeps it, and it is not there for whoever presses
 * "back" in the same browser after they signed out.
 */
export function keepPrivate(headers: Headers, member: Member | null): void {
	if (member && !headers.has('cache-control')) headers.set('cache-control', 'private, no-store');
}

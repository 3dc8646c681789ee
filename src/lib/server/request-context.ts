import type { Cookies } from '@sveltejs/kit';
import { clientAddress } from './auth/client-address.ts';
import { SESSION_COOKIE } from './auth/session-cookie.ts';
import type { Config } from './config.ts';
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

/** Headers that every response carries. Pages get their content security policy from SvelteKit. */
export function setSecurityHeaders(headers: Headers, url: URL): void {
	headers.set('x-content-type-options', 'nosniff');
	headers.set('x-frame-options', 'DENY');
	headers.set('referrer-policy', 'strict-origin-when-cross-origin');
	headers.set('cross-origin-opener-policy', 'same-origin');
	headers.set('permissions-policy', 'camera=(), geolocation=(), microphone=()');
	if (!headers.has('content-security-policy')) {
		headers.set('content-security-policy', "frame-ancestors 'none'");
	}
	if (url.protocol === 'https:') headers.set('strict-transport-security', 'max-age=31536000');
}

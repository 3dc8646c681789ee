import type { Config } from '../config.ts';

export const SESSION_COOKIE = 'sellary_session';
/** A session that is not used for this long ends. It is renewed when half of that is over. */
export const SESSION_DAYS = 30;

/** How Lucia writes a session id: 25 random bytes in lower-case base32. */
const SESSION_ID = /^[a-z2-7]{40}$/;

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

export type CookieAttributes = {
	readonly httpOnly: true;
	readonly sameSite: 'lax';
	readonly secure: boolean;
	readonly path: '/';
};

function isLoopbackHttp(origin: string): boolean {
	const { protocol, hostname } = new URL(origin);
	return protocol === 'http:' && (LOOPBACK_HOSTS.has(hostname) || hostname.endsWith('.localhost'));
}

/**
 * Attributes of the session cookie. In production it is `Secure`, with one exception: a build that is
 * tried out on plain http on this machine. Chrome and Firefox take Secure cookies from a loopback
 * address, Safari does not, and then signing in would silently fail; and what never leaves the machine
 * can't be overheard. Plain http on any other host stays `Secure`, and so can't sign in: that is a
 * fault of the deployment, which `isInsecureOrigin` lets the start-up name.
 */
export function cookieAttributes(config: Pick<Config, 'environment' | 'origin'>): CookieAttributes {
	const local = config.origin !== null && isLoopbackHttp(config.origin);
	return {
		httpOnly: true,
		sameSite: 'lax',
		secure: config.environment === 'production' && !local,
		path: '/'
	};
}

/** Whether browsers will drop the Secure session cookie, because they come over plain http. */
export function isInsecureOrigin(config: Pick<Config, 'environment' | 'origin'>): boolean {
	return cookieAttributes(config).secure && config.origin?.startsWith('http:') === true;
}

/** The session id in a Cookie header; null when there is none, or one that no session can have. */
export function readSessionCookie(header: string | null | undefined): string | null {
	for (const pair of (header ?? '').split(';')) {
		const separator = pair.indexOf('=');
		if (pair.slice(0, separator).trim() !== SESSION_COOKIE) continue;
		const value = pair.slice(separator + 1).trim();
		return isSessionId(value) ? value : null;
	}
	return null;
}

/** Whether the text has the form of a session id. Anything else needs no look into the database. */
export function isSessionId(text: string): boolean {
	return SESSION_ID.test(text);
}

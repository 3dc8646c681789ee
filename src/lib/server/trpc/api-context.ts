import type { Member } from '../auth/member.ts';
import type { LiveConnection } from './live-connection.ts';
import type { ApiServices } from './services.ts';

/** Writes the session cookie of the response. */
export type SessionCookies = {
	set(session: { readonly sessionId: string; readonly expiresAt: Date }): void;
	clear(): void;
};

/** What one call knows about its caller. */
export type ApiContext = {
	readonly services: ApiServices;
	/** Stands in the log and in the answer to an unexpected error, so that the two can be matched. */
	readonly requestId: string;
	readonly clientAddress: string;
	/** Who the session cookie said it is when the request, or the socket's connection, was made. */
	readonly member: Member | null;
	/** When that was looked up, as `performance.now()`; absent: just now. */
	readonly memberReadAt?: number | undefined;
	/** `local`: a page's load function or form action, which calls without a network. */
	readonly transport: 'http' | 'socket' | 'local';
	/** Null on a socket: no response is left that could carry a cookie. */
	readonly cookies: SessionCookies | null;
	/** The socket that the call came through, if it did. */
	readonly connection: LiveConnection | null;
};

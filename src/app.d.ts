import type { Member } from '$lib/server/auth/member.ts';
import type { Api } from '$lib/server/trpc/caller.ts';

declare global {
	namespace App {
		// eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- SvelteKit merges interfaces
		interface Locals {
			/** Names this request in the log and in the header `x-request-id`. */
			requestId: string;
			/** Who is signed in. */
			member: Member | null;
			/** When that was looked up, as `performance.now()`. */
			memberReadAt: number;
			/**
			 * The API in this process, for load functions and form actions: `locals.api.shows.list({})`.
			 * The same checks as over HTTP; signing in and out sets this response's cookie. Throws
			 * `TRPCError`; `findAppError(error)` of `$lib/server/trpc/errors.ts` gives the refusal with its
			 * stable code, or null for a fault of ours, which is to be thrown on.
			 */
			readonly api: Api;
		}

		// eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- SvelteKit merges interfaces
		interface Error {
			message: string;
			/** The stable code of a refusal (`AppErrorCode`), or `INTERNAL`. */
			code?: string;
			/** What a person can tell the support. */
			requestId?: string;
		}
	}
}

export {};

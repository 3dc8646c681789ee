import type { Member } from '../auth/member.ts';
import type { ApiContext, SessionCookies } from './api-context.ts';
import { isUnexpected } from './errors.ts';
import { createCallerFactory } from './init.ts';
import { appRouter, devRouter } from './router.ts';
import type { ApiServices } from './services.ts';

export type CallerOptions = {
	/** Where `signIn` and `signOut` write the cookie. Without it a call to them writes none. */
	readonly cookies?: SessionCookies;
	readonly clientAddress?: string;
	readonly requestId?: string;
	/** When the member was looked up, as `performance.now()`; absent: just now. */
	readonly memberReadAt?: number;
	/** Ends subscriptions. */
	readonly signal?: AbortSignal;
};

const noCookies: SessionCookies = { set: () => undefined, clear: () => undefined };
const appCaller = createCallerFactory(appRouter);
const devCaller = createCallerFactory(devRouter);

function contextFor(
	services: ApiServices,
	member: Member | null,
	options: CallerOptions
): ApiContext {
	return {
		services,
		member,
		memberReadAt: options.memberReadAt,
		requestId: options.requestId ?? crypto.randomUUID(),
		clientAddress: options.clientAddress ?? '127.0.0.1',
		transport: 'local',
		cookies: options.cookies ?? noCookies,
		connection: null
	};
}

function callOptions(context: ApiContext, signal: AbortSignal | undefined) {
	return {
		signal,
		onError: ({ error, path }: { error: unknown; path?: string | undefined }) => {
			if (!isUnexpected(error)) return;
			const { requestId, services } = context;
			services.logger.error({ err: error, requestId, procedure: path }, 'procedure failed');
		}
	};
}

/**
 * Calls the API in this process as a member, or signed out (null): the same checks and errors as over
 * HTTP. Throws `TRPCError`s; `findAppError(error)` gives the refusal, if it is one.
 */
export function createCaller(
	services: ApiServices,
	member: Member | null,
	options: CallerOptions = {}
) {
	const context = contextFor(services, member, options);
	return appCaller(context, callOptions(context, options.signal));
}

export type Api = ReturnType<typeof createCaller>;

/** As `createCaller`, with the debug procedures. For tests. */
export function createDevCaller(
	services: ApiServices,
	member: Member | null,
	options: CallerOptions = {}
) {
	const context = contextFor(services, member, options);
	return devCaller(context, callOptions(context, options.signal));
}

export type DevApi = ReturnType<typeof createDevCaller>;

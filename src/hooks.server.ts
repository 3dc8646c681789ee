import { randomUUID } from 'node:crypto';
import { isHttpError } from '@sveltejs/kit';
import type { Handle, HandleServerError, RequestEvent, ServerInit } from '@sveltejs/kit';
import { building, dev } from '$app/environment';
import { env } from '$env/dynamic/private';
import { isForeignRequest } from '$lib/server/auth/request-origin.ts';
import { SESSION_COOKIE } from '$lib/server/auth/session-cookie.ts';
import { readConfig } from '$lib/server/config.ts';
import { createAppContext } from '$lib/server/context.ts';
import { currentApp, findApp, replaceApp } from '$lib/server/current-app.ts';
import { AppError } from '$lib/server/errors.ts';
import { ExportSlots } from '$lib/server/exports/slots.ts';
import { withLogContext } from '$lib/server/observability/log-context.ts';
import { startOperationsServer } from '$lib/server/observability/operations-server.ts';
import { ForgeryLimit } from '$lib/server/protection/forgery-limit.ts';
import { refusalResponse } from '$lib/server/refusal-response.ts';
import { RequestGate } from '$lib/server/request-gate.ts';
import {
	keepPrivate,
	requestAddress,
	sessionCookies,
	setSecurityHeaders
} from '$lib/server/request-context.ts';
import { Shutdown } from '$lib/server/shutdown.ts';
import { createCaller } from '$lib/server/trpc/caller.ts';
import type { Api } from '$lib/server/trpc/caller.ts';
import { errorShape, findAppError } from '$lib/server/trpc/errors.ts';
import { errorResponse } from '$lib/server/trpc/http.ts';
import { routerFor } from '$lib/server/trpc/router.ts';
import { setUpgradeHandler } from '$lib/server/trpc/upgrade-slot.ts';
import { createLiveSocket } from '$lib/server/trpc/websocket.ts';
import lastResort from './error.html?raw';

export const init: ServerInit = async () => {
	if (building) return;
	// In development a changed module runs this again; the app made of the old modules must go.
	await replaceApp(null)?.close();
	const config = readConfig(env);
	const context = await createAppContext(config);
	const socket = createLiveSocket({ services: context, router: routerFor(config.environment) });
	const { metrics, health, logger } = context;
	metrics.hub.watchSockets(() => socket.connectionCount);
	const operations = await startOperationsServer({
		settings: config.metrics,
		...{ metrics, health, logger }
	});
	const close = async () => {
		await socket.close();
		await context.close();
		await operations?.close();
	};
	replaceApp({
		services: context,
		...{ socket, metrics, health, close },
		exports: new ExportSlots(context.limits.countRefusal),
		gate: new RequestGate(context),
		forgeries: new ForgeryLimit(context.limits.countRefusal)
	});
	setUpgradeHandler(socket.handleUpgrade);
	if (dev) return;
	const retire = () => Promise.all([socket.close(), context.retire()]);
	const shutdown = new Shutdown({ retire, close, logger: context.logger });
	process.once('SIGTERM', () => shutdown.begin());
	process.once('SIGINT', () => shutdown.begin());
	// The server says so when it has answered the last request and the last socket is closed.
	process.once('sveltekit:shutdown', () => void shutdown.finish());
};

/** Answers a request that is refused before any route sees it. */
function refuse(event: RequestEvent, refusal: AppError): Response {
	const { requestId } = event.locals;
	if (event.url.pathname.startsWith('/api/')) return errorResponse(refusal, requestId);
	const { isDataRequest, request } = event;
	const { headers } = request;
	return refusalResponse(refusal, { isDataRequest, headers, requestId, template: lastResort });
}

/** Finds out who is signed in, and sends a renewed cookie. Throws when Postgres is away. */
async function signIn(event: RequestEvent): Promise<void> {
	const { services } = currentApp();
	const cookies = sessionCookies(event.cookies, services.auth.cookie);
	const sessionId = event.cookies.get(SESSION_COOKIE);
	const userAgent = event.request.headers.get('user-agent');
	const member = sessionId ? await services.auth.validateSession(sessionId, userAgent) : null;
	if (member?.fresh) cookies.set(member);
	if (sessionId && !member) cookies.clear();
	event.locals.member = member;
	const memberReadAt = performance.now();
	event.locals.memberReadAt = memberReadAt;
	let api: Api | null = null;
	Object.defineProperty(event.locals, 'api', {
		get: () =>
			(api ??= createCaller(services, member, {
				cookies,
				clientAddress: requestAddress(event, services.config),
				requestId: event.locals.requestId,
				memberReadAt
			}))
	});
}

async function answer(
	event: RequestEvent,
	resolve: Parameters<Handle>[0]['resolve']
): Promise<Response> {
	// Probes must be answered while Postgres is away.
	if (isProbe(event)) return await resolve(event);
	const { method, headers } = event.request;
	const foreign = isForeignRequest({
		method,
		origin: headers.get('origin'),
		hasCookie: headers.has('cookie'),
		ownOrigin: event.url.origin
	});
	if (foreign) return refuse(event, new AppError('BAD_ORIGIN'));
	// Meta's deliveries have limits of their own: good ones are never refused for their number.
	if (event.route.id?.startsWith('/webhooks/')) return await resolve(event);
	const { services, gate } = currentApp();
	const arrived = {
		method,
		headers,
		pathname: event.url.pathname,
		address: requestAddress(event, services.config),
		sessionId: event.cookies.get(SESSION_COOKIE) ?? null
	};
	try {
		return await gate.run(arrived, async () => {
			await signIn(event);
			gate.admitPage(arrived, event.locals.member);
			return await resolve(event);
		});
	} catch (cause) {
		const refusal = findAppError(cause);
		if (!refusal) throw cause;
		return refuse(event, refusal);
	}
}

const isProbe = ({ route: { id } }: RequestEvent): boolean =>
	id === '/metrics' || id?.startsWith('/health/') === true;

/** Who, what and how long; never queries, cookies or bodies. */
function logRequest(event: RequestEvent, status: number, startedAt: number): void {
	const ms = Math.round((performance.now() - startedAt) * 10) / 10;
	const { requestId } = event.locals;
	const { method } = event.request;
	const level = isProbe(event) ? 'debug' : 'info';
	const { services, metrics } = currentApp();
	metrics.access.requested(event.route.id, status, ms);
	services.logger[level]({ requestId, method, route: event.route.id, status, ms }, 'request');
}

export const handle: Handle = async ({ event, resolve }) => {
	const startedAt = performance.now();
	event.locals.requestId = randomUUID();
	event.locals.member = null;
	event.locals.memberReadAt = startedAt;
	try {
		const { requestId } = event.locals;
		const answered = await withLogContext({ requestId }, () => answer(event, resolve));
		// Some responses, such as redirects, have headers that can't be changed.
		const response = new Response(answered.body, answered);
		response.headers.set('x-request-id', event.locals.requestId);
		setSecurityHeaders(response.headers, event.url);
		keepPrivate(response.headers, event.locals.member);
		logRequest(event, response.status, startedAt);
		return response;
	} catch (thrown) {
		logRequest(event, isHttpError(thrown) ? thrown.status : 500, startedAt);
		throw thrown;
	}
};

export const handleError: HandleServerError = ({ error: cause, event, status, message }) => {
	const { requestId } = event.locals;
	// What Kit refuses by itself (no such page, a broken address, no form) is a fault of the request, and its
	// error quotes the address.
	if (status < 500) return { message, requestId };
	const refusal = findAppError(cause);
	if (refusal) return { message: refusal.message, code: refusal.code, requestId };
	findApp()?.services.logger.error({ err: cause, requestId, route: event.route.id }, 'page failed');
	return { message: errorShape(cause, requestId).message, code: 'INTERNAL', requestId };
};

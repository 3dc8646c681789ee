import { currentApp } from '$lib/server/current-app.ts';
import { requestAddress, sessionCookies } from '$lib/server/request-context.ts';
import { serveTrpc } from '$lib/server/trpc/http.ts';
import type { RequestHandler } from './$types';

const handler: RequestHandler = (event) => {
	const { services } = currentApp();
	return serveTrpc(event.request, {
		services,
		requestId: event.locals.requestId,
		clientAddress: requestAddress(event, services.config),
		member: event.locals.member,
		memberReadAt: event.locals.memberReadAt,
		transport: 'http',
		cookies: sessionCookies(event.cookies, services.auth.cookie),
		connection: null
	});
};

export const GET = handler;
export const POST = handler;

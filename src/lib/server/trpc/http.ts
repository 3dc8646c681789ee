import { TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import type { ApiContext } from './api-context.ts';
import { errorShape, isUnexpected } from './errors.ts';
import { BodyTooLargeError, limitBody } from './limit-body.ts';
import { routerFor } from './router.ts';

export const TRPC_ENDPOINT = '/api/trpc';

/** Room for a new show with 500 items and long titles. */
const MAX_BODY_BYTES = 1024 * 1024;
/** Room for a recorded show (`MAX_UPLOAD_CHARS`, escaped as JSON). */
const MAX_UPLOAD_BYTES = 12 * 1024 * 1024;

function bodyLimit(request: Request): number {
	const { pathname } = new URL(request.url);
	return pathname === `${TRPC_ENDPOINT}/rehearsals.start` ? MAX_UPLOAD_BYTES : MAX_BODY_BYTES;
}
/** Most calls in one request. */
const MAX_BATCH_CALLS = 20;

/** An error as tRPC clients read it, for requests that no procedure answers. */
export function errorResponse(error: unknown, requestId: string): Response {
	const shape = errorShape(error, requestId);
	return Response.json({ error: shape }, { status: shape.data.httpStatus });
}

/** Answers a tRPC call over HTTP. Subscriptions are refused: they are served over the WebSocket. */
export async function serveTrpc(request: Request, context: ApiContext): Promise<Response> {
	const { services, requestId } = context;
	let limited: Request;
	try {
		limited = await limitBody(request, bodyLimit(request));
	} catch (error) {
		if (!(error instanceof BodyTooLargeError)) throw error;
		const refusal = new TRPCError({ code: 'PAYLOAD_TOO_LARGE', message: error.message });
		return errorResponse(refusal, requestId);
	}
	const response = await fetchRequestHandler({
		endpoint: TRPC_ENDPOINT,
		req: limited,
		router: routerFor(services.config.environment),
		createContext: () => context,
		maxBatchSize: MAX_BATCH_CALLS,
		onError: ({ error, path }) => {
			if (!isUnexpected(error)) return;
			services.logger.error({ err: error, requestId, procedure: path }, 'procedure failed');
		}
	});
	// Answers belong to one member.
	response.headers.set('cache-control', 'no-store');
	return response;
}

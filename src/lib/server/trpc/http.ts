import { TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { BodyTooLargeError, BodyTooSlowError, limitBody } from '../protection/read-body.ts';
import type { BodyLimits } from '../protection/read-body.ts';
import type { ApiContext } from './api-context.ts';
import { errorShape, findAppError, isUnexpected, retryAfterSeconds } from './errors.ts';
import { routerFor } from './router.ts';

export const TRPC_ENDPOINT = '/api/trpc';

/** Room for a new show with 500 items and long titles. */
const BODY: BodyLimits = { bytes: 1024 * 1024, timeoutMs: 20_000 };
/** Room for a recorded show (`MAX_UPLOAD_CHARS`, escaped as JSON), at 1 Mbit/s. */
const UPLOAD: BodyLimits = { bytes: 12 * 1024 * 1024, timeoutMs: 100_000 };
/** Who is signed out sends a few lines of a form. */
const SIGNED_OUT_BODY: BodyLimits = { bytes: 64 * 1024, timeoutMs: 10_000 };

function bodyLimits(request: Request, { member }: ApiContext): BodyLimits {
	if (member === null) return SIGNED_OUT_BODY;
	const { pathname } = new URL(request.url);
	return pathname === `${TRPC_ENDPOINT}/rehearsals.start` ? UPLOAD : BODY;
}

/** Most calls in one request. */
const MAX_BATCH_CALLS = 20;

/** An error as tRPC clients read it, for requests that no procedure answers. */
export function errorResponse(error: unknown, requestId: string): Response {
	const shape = errorShape(error, requestId);
	const { httpStatus: status } = shape.data;
	return Response.json({ error: shape }, { status, headers: retryHeaders([error]) });
}

/** `Retry-After` of what can be tried again: the longest of several. */
function retryHeaders(errors: readonly unknown[]): Record<string, string> {
	const waits = errors.map((error) => {
		const refusal = findAppError(error);
		return refusal === null ? 0 : (retryAfterSeconds(refusal) ?? 0);
	});
	const longest = Math.max(0, ...waits);
	return longest === 0 ? {} : { 'retry-after': String(longest) };
}

function bodyRefusal(error: unknown): TRPCError | null {
	if (error instanceof BodyTooLargeError) {
		return new TRPCError({ code: 'PAYLOAD_TOO_LARGE', message: error.message });
	}
	return error instanceof BodyTooSlowError
		? new TRPCError({ code: 'TIMEOUT', message: error.message })
		: null;
}

/** Answers a tRPC call over HTTP. Subscriptions are refused: they are served over the WebSocket. */
export async function serveTrpc(request: Request, context: ApiContext): Promise<Response> {
	const { services, requestId } = context;
	let limited: Request;
	try {
		limited = await limitBody(request, bodyLimits(request, context));
	} catch (error) {
		const refusal = bodyRefusal(error);
		if (refusal === null) throw error;
		const response = errorResponse(refusal, requestId);
		// Who is too slow is not waited for; what is too large is thrown away as it comes.
		if (refusal.code === 'TIMEOUT') response.headers.set('connection', 'close');
		return response;
	}
	const response = await fetchRequestHandler({
		endpoint: TRPC_ENDPOINT,
		req: limited,
		router: routerFor(services.config.environment),
		createContext: () => context,
		maxBatchSize: MAX_BATCH_CALLS,
		responseMeta: ({ errors }) => ({ headers: retryHeaders(errors) }),
		onError: ({ error, path }) => {
			if (!isUnexpected(error)) return;
			services.logger.error({ err: error, requestId, procedure: path }, 'procedure failed');
		}
	});
	// Answers belong to one member.
	response.headers.set('cache-control', 'no-store');
	return response;
}

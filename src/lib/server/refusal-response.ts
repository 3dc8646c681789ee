import type { AppError } from './errors.ts';
import { errorShape, retryAfterSeconds } from './trpc/errors.ts';

/** What waits for the answer: a page that a browser shows, or the scripts of a page that is there. */
export type RefusedRequest = {
	readonly isDataRequest: boolean;
	readonly headers: Headers;
	readonly requestId: string;
	/** The text of src/error.html. */
	readonly template: string;
};

const escape = (text: string): string =>
	text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

/** The page of the last resort (src/error.html) as SvelteKit fills it in, without the application. */
function lastResort(template: string, status: number, message: string): string {
	return template
		.replaceAll('%sveltekit.status%', String(status))
		.replaceAll('%sveltekit.error.message%', () => escape(message));
}

/**
 * Answers a page's request that is refused before any route sees it, in the form that SvelteKit's client
 * expects, with `Retry-After` where trying again helps.
 */
export function refusalResponse(refusal: AppError, request: RefusedRequest): Response {
	const { message, data } = errorShape(refusal, request.requestId);
	const status = data.httpStatus;
	const retryAfter = retryAfterSeconds(refusal);
	const headers: Record<string, string> = {
		'cache-control': 'no-store',
		...(retryAfter === null ? {} : { 'retry-after': String(retryAfter) })
	};
	const error = { message, code: refusal.code, requestId: request.requestId };
	if (request.headers.get('x-sveltekit-action') === 'true') {
		return Response.json({ type: 'error', status, error }, { status, headers });
	}
	if (request.isDataRequest || !request.headers.get('accept')?.includes('text/html')) {
		return Response.json(error, { status, headers });
	}
	return new Response(lastResort(request.template, status, message), {
		status,
		headers: { ...headers, 'content-type': 'text/html; charset=utf-8' }
	});
}

import type { AppError } from './errors.ts';
import { errorShape, retryAfterSeconds } from './trpc/errors.ts';

/** What waits for the answer: a page that a browser shows, or the scripts of a page that is there. */
export type RefusedRequest = {
	readonly isDataRequest: boolean;
	readonly headers: Headers;
	readonly requestId: string;
};

const escape = (text: string): string =>
	text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

/** Made without the application, which is what is being spared. */
function plainPage(status: number, message: string): string {
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<title>${status} · Sellary</title>
<style>body { margin: 20vh auto; max-width: 28rem; padding: 0 1.5rem; font: 1rem/1.5 system-ui, sans-serif; }</style>
</head>
<body>
<p>Error ${status}</p>
<h1>This didn’t work</h1>
<p>${escape(message)}</p>
<p><a href="">Try again</a></p>
</body>
</html>
`;
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
	return new Response(plainPage(status, message), {
		status,
		headers: { ...headers, 'content-type': 'text/html; charset=utf-8' }
	});
}

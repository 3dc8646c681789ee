import { createHash, timingSafeEqual } from 'node:crypto';
import type { Metrics } from './metrics.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether the header carries the token; takes as long whatever it holds. */
function isBearer(authorization: string | null, token: string): boolean {
	return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${token}`));
}

/** Answers a scrape: 200, or 401 when a token is asked for and another one came, or none. */
export async function answerMetrics(
	metrics: Metrics,
	{ token, authorization }: { readonly token: string | null; readonly authorization: string | null }
): Promise<Response> {
	const headers = { 'cache-control': 'no-store' };
	if (token !== null && !isBearer(authorization, token)) {
		return new Response('Unauthorized', {
			status: 401,
			headers: { ...headers, 'www-authenticate': 'Bearer' }
		});
	}
	return new Response(await metrics.render(), {
		headers: { ...headers, 'content-type': metrics.contentType }
	});
}

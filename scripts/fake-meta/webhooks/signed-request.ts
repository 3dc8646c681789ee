import { signedRequest } from '../http/signature.ts';
import type { Parts } from '../parts.ts';

/**
 * POSTs a `signed_request`, as the deauthorize and data deletion callbacks get it (PLATFORMS 1.6).
 * Returns the answer.
 */
export async function postSignedRequest(
	{ app, clock, world }: Parts,
	{ of, url }: { readonly of: string; readonly url: string }
): Promise<{ readonly status: number; readonly body: string }> {
	// Instagram Login is an app of its own, with its own secret.
	const secret = world.instagramAccounts.has(of) ? app.instagramAppSecret : app.appSecret;
	const payload = { algorithm: 'HMAC-SHA256', issued_at: clock.nowSeconds(), user_id: of };
	const response = await fetch(url, {
		method: 'POST',
		body: new URLSearchParams({ signed_request: signedRequest(secret, payload) }),
		redirect: 'manual'
	});
	return { status: response.status, body: await response.text() };
}

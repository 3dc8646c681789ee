import { currentApp } from '$lib/server/current-app.ts';
import { readSignedRequest } from '$lib/server/webhook-endpoint.ts';
import type { RequestHandler } from './$types';

/** Somebody took our access back at Meta. */
export const POST: RequestHandler = async ({ request }) => {
	const { meta } = currentApp().services;
	const signed = await readSignedRequest(request);
	const accepted = meta !== null && signed !== null && (await meta.removals.deauthorize(signed));
	return new Response(null, { status: accepted ? 200 : 401 });
};

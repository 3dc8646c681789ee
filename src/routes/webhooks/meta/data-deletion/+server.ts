import { currentApp } from '$lib/server/current-app.ts';
import { readSignedRequest } from '$lib/server/webhook-endpoint.ts';
import type { RequestHandler } from './$types';

/** Somebody asked at Meta to have their data deleted. Meta shows them the address and the code. */
export const POST: RequestHandler = async ({ request, url }) => {
	const { meta, config } = currentApp().services;
	const signed = await readSignedRequest(request);
	const code = meta !== null && signed !== null ? await meta.removals.deleteData(signed) : null;
	if (code === null) return new Response(null, { status: 401 });
	return Response.json({
		url: `${config.origin ?? url.origin}/data-deletion?code=${code}`,
		confirmation_code: code
	});
};

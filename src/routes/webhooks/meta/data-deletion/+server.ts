import { currentApp } from '$lib/server/current-app.ts';
import { requestAddress } from '$lib/server/request-context.ts';
import { readSignedRequest } from '$lib/server/webhook-endpoint.ts';
import type { RequestHandler } from './$types';

/** Somebody asked at Meta to have their data deleted. Meta shows them the address and the code. */
export const POST: RequestHandler = (event) => {
	const { services, forgeries } = currentApp();
	const { meta, config } = services;
	return forgeries.answer(requestAddress(event, config), async () => {
		const signed = await readSignedRequest(event.request);
		const code = meta !== null && signed !== null ? await meta.removals.deleteData(signed) : null;
		if (code === null) return new Response(null, { status: 401 });
		return Response.json({
			url: `${config.origin ?? event.url.origin}/data-deletion?code=${code}`,
			confirmation_code: code
		});
	});
};

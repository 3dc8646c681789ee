import { currentApp } from '$lib/server/current-app.ts';
import { requestAddress } from '$lib/server/request-context.ts';
import { readSignedRequest } from '$lib/server/webhook-endpoint.ts';
import type { RequestHandler } from './$types';

/** Somebody took our access back at Meta. */
export const POST: RequestHandler = (event) => {
	const { services, forgeries } = currentApp();
	const { meta, config } = services;
	return forgeries.answer(requestAddress(event, config), async () => {
		const signed = await readSignedRequest(event.request);
		const accepted = meta !== null && signed !== null && (await meta.removals.deauthorize(signed));
		return new Response(null, { status: accepted ? 200 : 401 });
	});
};

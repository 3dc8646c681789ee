import { currentApp } from '$lib/server/current-app.ts';
import { requestAddress } from '$lib/server/request-context.ts';
import { answerChallenge, answerDelivery } from '$lib/server/webhook-endpoint.ts';
import type { RequestHandler } from './$types';

/** The handshake with which Meta checks this address. */
export const GET: RequestHandler = (event) => {
	const { services, forgeries } = currentApp();
	return forgeries.answer(requestAddress(event, services.config), () =>
		answerChallenge(services.meta?.receiver ?? null, event.url.searchParams)
	);
};

/** Deliveries of Facebook and Instagram. */
export const POST: RequestHandler = (event) => {
	const { services, forgeries } = currentApp();
	return forgeries.answer(requestAddress(event, services.config), () =>
		answerDelivery(services.meta?.receiver ?? null, event.request)
	);
};

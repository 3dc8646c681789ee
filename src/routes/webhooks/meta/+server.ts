import { currentApp } from '$lib/server/current-app.ts';
import { answerChallenge, answerDelivery } from '$lib/server/webhook-endpoint.ts';
import type { RequestHandler } from './$types';

/** The handshake with which Meta checks this address. */
export const GET: RequestHandler = ({ url }) =>
	answerChallenge(currentApp().services.meta?.receiver ?? null, url.searchParams);

/** Deliveries of Facebook and Instagram. */
export const POST: RequestHandler = ({ request }) =>
	answerDelivery(currentApp().services.meta?.receiver ?? null, request);

import { error } from '@sveltejs/kit';
import { answerMetrics } from '$lib/server/observability/answer-metrics.ts';
import { currentApp } from '$lib/server/current-app.ts';
import type { RequestHandler } from './$types';

/** Metrics for whoever has `METRICS_TOKEN`. Without one this port, which is public, has none. */
export const GET: RequestHandler = async ({ request }) => {
	const { metrics, services } = currentApp();
	const { token } = services.config.metrics;
	if (token === null) error(404);
	return await answerMetrics(metrics, {
		token,
		authorization: request.headers.get('authorization')
	});
};

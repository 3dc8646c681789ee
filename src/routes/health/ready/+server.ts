import { checkHealth } from '$lib/server/observability/health.ts';
import { currentApp } from '$lib/server/current-app.ts';

/** Whether requests can be served: 200, or 503 with what failed. */
export async function GET(): Promise<Response> {
	const health = await checkHealth(currentApp().services);
	return Response.json(health, {
		status: health.status === 'ok' ? 200 : 503,
		headers: { 'cache-control': 'no-store' }
	});
}

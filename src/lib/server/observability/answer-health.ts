import type { HealthCheck } from './health.ts';

const headers = { 'cache-control': 'no-store' };

/** Whether the process answers at all. Says nothing about Redis and Postgres: a restart mends neither. */
export function answerLive(): Response {
	return Response.json({ status: 'ok' }, { headers });
}

/** Whether the process can do its work: 200, or 503 with what failed. */
export async function answerReady(health: HealthCheck): Promise<Response> {
	const report = await health.check();
	return Response.json(report, { status: report.status === 'ok' ? 200 : 503, headers });
}

import { freePort } from '../../scripts/lib/app-process.ts';
import { test as base, expect } from './fixtures.ts';

// Health checks and metrics of the production build.

const TOKEN = 'token-of-the-scraper';

const metricsPort = await freePort(9_464);

const test = base.extend({
	serverEnv: [{ METRICS_TOKEN: TOKEN, METRICS_PORT: String(metricsPort) }, { scope: 'worker' }]
});

const ready = { redis: 'ok', postgres: 'ok', scripts: 'ok', migrations: 'ok' };

test('the public port has metrics for whoever has the token, and health checks for everybody', async ({
	server
}) => {
	const { origin } = server.app;
	expect((await fetch(`${origin}/metrics`)).status).toBe(401);
	const wrong = { authorization: 'Bearer another-token-entirely' };
	expect((await fetch(`${origin}/metrics`, { headers: wrong })).status).toBe(401);
	expect((await fetch(`${origin}/health/live`)).status).toBe(200);
	const health = await fetch(`${origin}/health/ready`);
	expect(await health.json()).toEqual({ status: 'ok', checks: ready });

	await fetch(`${origin}/sign-in`);
	const answer = await fetch(`${origin}/metrics`, {
		headers: { authorization: `Bearer ${TOKEN}` }
	});
	expect(answer.status).toBe(200);
	expect(answer.headers.get('content-type')).toContain('text/plain');
	const text = await answer.text();
	expect(text).toMatch(/sellary_http_requests_total\{area="page",status="2xx"\} \d/);
	expect(text).toMatch(/sellary_http_requests_total\{area="probe",status="4xx"\} 2/);
	expect(text).toMatch(/sellary_sockets 0/);
	expect(text).toMatch(/sellary_process_info\{role="all"\} 1/);
});

test('the listener of METRICS_PORT has them too, and nothing of the app', async ({ server }) => {
	const own = `http://127.0.0.1:${metricsPort}`;
	expect(await (await fetch(`${own}/health/ready`)).json()).toEqual({
		status: 'ok',
		checks: ready
	});
	expect((await fetch(`${own}/metrics`)).status).toBe(401);
	const headers = { authorization: `Bearer ${TOKEN}` };
	const text = await (await fetch(`${own}/metrics`, { headers })).text();
	expect(text).toContain('nodejs_heap_size_used_bytes');
	expect(text).toContain('sellary_write_behind_lag_seconds');
	for (const path of ['/', '/sign-in', '/api/trpc/auth.me']) {
		expect((await fetch(own + path)).status).toBe(404);
	}
	await server.app.stop();
	await expect(fetch(`${own}/health/live`)).rejects.toThrow();
	await server.restart();
	expect((await fetch(`${own}/health/live`)).status).toBe(200);
});

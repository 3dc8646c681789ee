import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databaseOf, openPool } from '../../src/lib/server/history/database.ts';
import { HealthCheck } from '../../src/lib/server/observability/health.ts';
import { startOperationsServer } from '../../src/lib/server/observability/operations-server.ts';
import { connectRedis } from '../../src/lib/server/redis/connections.ts';
import type { LuaScript } from '../../src/lib/server/redis/script-loader.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { forgetScripts, masters } from './redis-nodes.ts';

let app: TestContext;
beforeAll(async () => {
	app = await createTestContext();
});
afterAll(() => app.close());

const ALL_OK = { redis: 'ok', postgres: 'ok', scripts: 'ok', migrations: 'ok' };

describe('readiness', () => {
	test('says that everything is there', async () => {
		expect(await app.health.check()).toEqual({ status: 'ok', checks: ALL_OK });
	});

	test('names Redis when Redis is away, and what hangs on it', async () => {
		const redis = connectRedis(
			{ url: 'redis://127.0.0.1:1', cluster: false },
			'commands',
			() => undefined
		);
		const { db, scripts, logger } = app;
		const report = await new HealthCheck({ redis, db, scripts, logger }).check();
		redis.disconnect();
		expect(report.status).toBe('unavailable');
		expect(report.checks).toMatchObject({ postgres: 'ok', migrations: 'ok' });
		expect(report.checks.redis).toMatch(/^(failed|timeout)$/);
		expect(report.checks.scripts).toMatch(/^(failed|timeout)$/);
	});

	test('names Postgres when Postgres is away, and tells no address or password', async () => {
		const url = 'postgres://me:hunter2@127.0.0.1:1/x';
		const db = databaseOf(
			openPool({ url, poolSize: 4 }, () => undefined),
			4
		);
		const { redis, scripts, logger } = app;
		const report = await new HealthCheck({ redis, db, scripts, logger }).check();
		await db.destroy();
		expect(report).toEqual({
			status: 'unavailable',
			checks: { redis: 'ok', postgres: 'failed', scripts: 'ok', migrations: 'failed' }
		});
		expect(JSON.stringify(report)).not.toContain('hunter2');
	});

	test('loads scripts that the server has forgotten, and names them when it refuses one', async () => {
		const { redis, db, logger } = app;
		await forgetScripts(redis);
		expect((await app.health.check()).checks.scripts).toBe('ok');
		const shas = [...app.scripts.values()].map(({ sha }) => sha);
		for (const server of await masters(redis)) {
			expect(await server.script('EXISTS', ...shas)).toEqual(shas.map(() => 1));
		}

		const broken: LuaScript = { name: 'broken', sha: '0'.repeat(40), source: '#!lua\nreturn (' };
		const scripts = new Map([...app.scripts, ['broken', broken]]);
		const report = await new HealthCheck({ redis, db, scripts, logger }).check();
		expect(report).toEqual({
			status: 'unavailable',
			checks: { ...ALL_OK, scripts: 'script_refused' }
		});
	});

	test('wants every migration of its own version, and bears those of a newer one', async () => {
		const fresh = await createTestContext();
		try {
			await sql`insert into kysely_migration (name, timestamp) values ('9999_newer', '2099')`.execute(
				fresh.db
			);
			expect(await fresh.health.check()).toEqual({ status: 'ok', checks: ALL_OK });
			await sql`delete from kysely_migration where name like '0002%'`.execute(fresh.db);
			expect(await fresh.health.check()).toEqual({
				status: 'unavailable',
				checks: { ...ALL_OK, migrations: 'migrations_missing' }
			});
			await sql`drop table kysely_migration`.execute(fresh.db);
			expect((await fresh.health.check()).checks.migrations).toBe('migrations_missing');
		} finally {
			await fresh.close();
		}
	});

	test('is over once the process shuts down, although everything still answers', async () => {
		const other = await app.another({ ROLE: 'web' });
		other.health.startShutdown();
		expect(await other.health.check()).toEqual({ status: 'shutting_down', checks: ALL_OK });
	});
});

/** A port that is free now. */
async function freePort(): Promise<number> {
	const server = createServer();
	const address = await new Promise<AddressInfo | string | null>((resolve) => {
		server.listen(0, '127.0.0.1', () => resolve(server.address()));
	});
	await new Promise((resolve) => server.close(resolve));
	if (typeof address !== 'object' || address === null) throw new Error('no port');
	return address.port;
}

describe('the listener of METRICS_PORT', () => {
	async function serve(token: string | null) {
		const port = await freePort();
		const settings = { listener: { host: '127.0.0.1', port }, token };
		const server = await startOperationsServer({ ...app, settings });
		const get = (path: string, init: RequestInit = {}): Promise<Response> =>
			fetch(`http://127.0.0.1:${port}${path}`, init);
		return { get, close: () => server?.close() };
	}

	test('serves health and metrics, and nothing else', async () => {
		const { get, close } = await serve(null);
		expect((await get('/health/live')).status).toBe(200);
		expect(await (await get('/health/ready')).json()).toEqual({ status: 'ok', checks: ALL_OK });
		const metrics = await get('/metrics');
		expect(metrics.headers.get('content-type')).toContain('text/plain; version=0.0.4');
		const text = await metrics.text();
		expect(text).toContain('sellary_process_info{role="all"} 1');
		expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
		expect((await get('/')).status).toBe(404);
		expect((await get('/metrics/..')).status).toBe(404);
		expect((await get('/metrics', { method: 'POST' })).status).toBe(405);
		await close();
		await expect(get('/health/live')).rejects.toThrow();
	});

	test('asks for the token of METRICS_TOKEN, and lets probes through without', async () => {
		const { get, close } = await serve('a-token-of-a-scraper');
		const bearer = (token: string): RequestInit => ({
			headers: { authorization: `Bearer ${token}` }
		});
		expect((await get('/metrics')).status).toBe(401);
		expect((await get('/metrics', bearer('another-token-entirely'))).status).toBe(401);
		expect((await get('/metrics', bearer(''))).status).toBe(401);
		expect((await get('/metrics', bearer('a-token-of-a-scraper'))).status).toBe(200);
		expect((await get('/health/ready')).status).toBe(200);
		await close();
	});

	test('is not there when no port is set', async () => {
		const settings = { listener: null, token: null };
		expect(await startOperationsServer({ ...app, settings })).toBeNull();
	});
});

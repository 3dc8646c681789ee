import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { persistedPosition } from '../../src/lib/server/history/postgres-state.ts';
import { showDigests } from '../../src/lib/server/history/digest.ts';
import { createTestContext, onCluster } from './harness.ts';
import type { TestContext } from './harness.ts';
import { expectAgreement, liveState, until } from './probes.ts';
import { startTcpProxy } from './tcp-proxy.ts';
import type { TcpProxy } from './tcp-proxy.ts';
import { startWorkerProcess } from './worker-process.ts';
import type { WorkerProcess } from './worker-process.ts';

/** What Docker and systemd give a process at most before they kill it, by our own compose files. */
const LIMIT_MS = 10_000;

/** Takes comments in; history is written by the processes of the tests alone. */
let app: TestContext;
beforeAll(async () => {
	app = await createTestContext({ env: { ROLE: 'web' } });
});
afterAll(() => app.close());

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function startWorker(env: Record<string, string> = {}): Promise<WorkerProcess> {
	const { redis, database } = app.urls;
	const worker = await startWorkerProcess({
		REDIS_URL: redis,
		REDIS_CLUSTER: String(onCluster),
		DATABASE_URL: database,
		...env
	});
	cleanups.push(() => worker.kill());
	return worker;
}

async function proxyTo(url: string): Promise<TcpProxy> {
	const proxy = await startTcpProxy(url);
	cleanups.push(() => proxy.close());
	return proxy;
}

async function buyers(showId: string, count: number): Promise<void> {
	await Promise.all(Array.from({ length: count }, (_, n) => app.say(showId, `u${n}`, 'sold 12')));
}

/** Keeps history from being written until `letGo` is called. */
async function holdShow(showId: string): Promise<{ letGo: () => Promise<void> }> {
	const locked = Promise.withResolvers<void>();
	const free = Promise.withResolvers<void>();
	const held = app.db.transaction().execute(async (transaction) => {
		await sql`select 1 from shows where id = ${showId} for update`.execute(transaction);
		locked.resolve();
		await free.promise;
	});
	await locked.promise;
	return {
		letGo: async () => {
			free.resolve();
			await held;
		}
	};
}

/** Whether somebody waits for a lock of ours in Postgres. */
async function isWaitedFor(): Promise<boolean> {
	const { rows } = await sql<{ waiting: string }>`
		select count(*) as waiting from pg_stat_activity
		where datname = current_database() and wait_event_type = 'Lock'
	`.execute(app.db);
	return Number(rows[0]?.waiting) > 0;
}

test('the job in hand is finished before the process ends', async () => {
	const worker = await startWorker();
	const showId = await app.show({ '12': 3 });
	await until('the first events are written', async () => {
		return (await persistedPosition(app.db, showId))?.seq === (await liveState(app, showId)).seq;
	});
	const hold = await holdShow(showId);
	await buyers(showId, 50);
	await until('a job that waits', isWaitedFor);
	const stopped = worker.stop();
	await until('the worker is asked to end', () => worker.log.includes('shutting down'));
	// Longer than the connections alone would be waited for.
	await sleep(1_200);
	await hold.letGo();
	const { code, ms } = await stopped;
	console.info(`a worker with a job in hand ended in ${ms} ms`);
	expect(code).toBe(0);
	expect(ms).toBeLessThan(LIMIT_MS);
	// No other worker is there: whatever was written, it has written.
	expectAgreement(await showDigests(app.db, app.redis, app.scripts, showId));
});

test('a job that can’t be finished is left for the next worker, in time', async () => {
	const worker = await startWorker();
	const showId = await app.show({ '12': 3 });
	const hold = await holdShow(showId);
	await buyers(showId, 50);
	await until('a job that waits', isWaitedFor);
	const { code, ms } = await worker.stop();
	console.info(`a worker with a stuck job ended in ${ms} ms`);
	expect(code).toBe(0);
	expect(ms).toBeLessThan(LIMIT_MS);
	expect(worker.log).toContain('left behind what did not end');
	await hold.letGo();
	await startWorker();
	expectAgreement(await app.settle(showId));
});

test.each([
	// The proxy stands before one server; a cluster tells its clients its own addresses.
	...(onCluster
		? []
		: ([
				['Redis', 'refuses connections', 'cut'],
				['Redis', 'does not answer', 'mute']
			] as const)),
	['Postgres', 'refuses connections', 'cut'],
	['Postgres', 'does not answer', 'mute']
] as const)('%s that %s does not keep a process from ending', async (service, _, fault) => {
	const proxy = await proxyTo(service === 'Redis' ? app.urls.redis : app.urls.database);
	const worker = await startWorker({
		[service === 'Redis' ? 'REDIS_URL' : 'DATABASE_URL']: proxy.url
	});
	const showId = await app.show({ '12': 3 });
	await until('history is written', async () => {
		return (await persistedPosition(app.db, showId))?.seq === (await liveState(app, showId)).seq;
	});
	proxy[fault]();
	await buyers(showId, 20);
	const { code, ms } = await worker.stop();
	console.info(`${service} ${fault}: ended with code ${code} in ${ms} ms`);
	expect(code).toBe(0);
	expect(ms).toBeLessThan(LIMIT_MS);
	await startWorker();
	expectAgreement(await app.settle(showId));
});

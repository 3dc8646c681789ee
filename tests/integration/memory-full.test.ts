import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { findRedisServer, startRedisServer } from '../../scripts/services/redis-server.ts';
import type { RunningRedis } from '../../scripts/services/redis-server.ts';
import { persistedPosition } from '../../src/lib/server/history/postgres-state.ts';
import { showKey } from '../../src/lib/server/redis/keys.ts';
import { ACTOR, createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { expectAgreement, liveState } from './probes.ts';

/*
 * Postgres was away for so long that the streams filled Redis, which must not evict. Once Postgres is back,
 * Redis must get its memory back by itself, or nobody could ever claim again. On a server of its own, since
 * the limit is the whole server's.
 */

describe.runIf(inject('redisKind') === 'server')('a Redis that is full', () => {
	let folder: string;
	let server: RunningRedis;
	let app: TestContext;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'sellary-memory-full-'));
		const executable = (await findRedisServer()) ?? '';
		server = await startRedisServer({ executable, dataDir: folder });
		// It keeps no history by itself: the tests say when something is persisted.
		const env = { ROLE: 'web', RESUME_TAIL_EVENTS: '100' };
		app = await createTestContext({ redisUrl: server.url, env });
	}, 120_000);
	afterEach(() => limitMemory('0'));
	afterAll(async () => {
		await app.close();
		await server.stop();
		await rm(folder, { recursive: true, force: true });
	});

	async function limitMemory(limit: string): Promise<void> {
		await app.redis.config('SET', 'maxmemory', limit);
	}

	/** A show with more in its stream than is kept of what Postgres has. */
	async function longShow(): Promise<string> {
		const showId = await app.show({ '12': 2 });
		for (let index = 0; index < 500; index++) await app.say(showId, `u${index}`, 'so pretty');
		return showId;
	}

	test('takes no claims, and trims what Postgres has got all the same', async () => {
		const showId = await longShow();
		await limitMemory('1mb');
		await expect(app.say(showId, 'late', 'sold 12')).rejects.toThrow();
		const { seq } = await liveState(app, showId);

		await app.writeBehind.persist(showId);
		expect(await persistedPosition(app.db, showId)).toMatchObject({ seq });
		expect(await app.redis.hget(showKey(showId, 'meta'), 'persisted')).toBe(String(seq));
		expect(await app.redis.xlen(showKey(showId, 'events'))).toBeLessThan(400);

		await limitMemory('0');
		expect(await app.say(showId, 'late', 'sold 12')).toMatchObject({ outcome: 'winner' });
		await app.writeBehind.persist(showId);
		expectAgreement(await app.settle(showId));
	});

	test('lets go in time what has ended', async () => {
		const showId = await longShow();
		await app.actions.changeStatus(showId, 'ended', ACTOR);
		await limitMemory('1mb');
		await app.writeBehind.persist(showId);
		for (const key of ['meta', 'events', 'comments'] as const) {
			expect(await app.redis.ttl(showKey(showId, key))).toBeGreaterThan(0);
		}
	});
});

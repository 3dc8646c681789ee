import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBacklog } from '../../src/lib/server/history/backlog.ts';
import { KEPT_FAILED } from '../../src/lib/server/jobs/failed-jobs.ts';
import { platformLabel } from '../../src/lib/server/observability/metrics/platform-label.ts';
import type { AppContext } from '../../src/lib/server/context.ts';
import { connectRedis } from '../../src/lib/server/redis/connections.ts';
import { JOBS_PREFIX } from '../../src/lib/server/redis/keys.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { createPeople, refusalOf } from './people.ts';
import { Watcher, until } from './probes.ts';

let app: TestContext;
beforeAll(async () => {
	app = await createTestContext();
});
afterAll(() => app.close());

/** The scrape as `name{labels}` → value. */
async function scrape({ metrics }: AppContext = app): Promise<Map<string, number>> {
	const lines = (await metrics.render()).split('\n').filter((line) => /^[a-z]/.test(line));
	return new Map(
		lines.map((line) => {
			const space = line.lastIndexOf(' ');
			return [line.slice(0, space), Number(line.slice(space + 1))];
		})
	);
}

/** By how much each figure grew. */
async function growth(call: () => Promise<unknown>): Promise<(name: string) => number> {
	const before = await scrape();
	await call();
	const after = await scrape();
	return (name) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
}

describe('what a show does is counted', () => {
	test('comments by platform and outcome, each delivery once; refusals by code', async () => {
		const showId = await app.show({ '12': 1 });
		const draft = await app.show({}, { activate: false });
		const grew = await growth(async () => {
			await app.say(showId, 'ana', 'sold 12', { commentId: 'm1' });
			await app.say(showId, 'ana', 'sold 12', { commentId: 'm1' });
			await app.say(showId, 'ben', 'sold 12', { platform: 'instagram' });
			await app.say(showId, 'cy', 'hello', { platform: 'a-platform-of-a-recording' });
			await app.say(draft, 'dee', 'sold 12').catch(() => undefined);
			await app.say(showId, '', 'sold 12').catch(() => undefined);
		});
		const comments = (platform: string, outcome: string): number =>
			grew(`sellary_comments_total{platform="${platform}",outcome="${outcome}"}`);
		expect(comments('facebook', 'winner')).toBe(1);
		expect(comments('facebook', 'duplicate_comment')).toBe(1);
		expect(comments('instagram', 'waitlist')).toBe(1);
		expect(comments('other', 'none')).toBe(1);
		expect(grew('sellary_comments_refused_total{code="SHOW_NOT_LIVE"}')).toBe(1);
		expect(grew('sellary_comments_refused_total{code="INVALID_INPUT"}')).toBe(1);
		// Four of the live show and one that asked for its words; two of the draft, which had to be loaded.
		expect(grew('sellary_script_duration_seconds_count{script="comment"}')).toBe(7);
		expect(grew('sellary_script_replies_total{script="comment",code="STALE_WORDS"}')).toBe(1);
	});

	test('a script that Redis gives no reply to is counted as FAILED', async () => {
		const other = await app.another({ ROLE: 'web' });
		const showId = await app.show();
		other.redis.disconnect();
		await refusalOf(
			other.actions.changeStatus(showId, 'paused', 'user:test').catch(() => undefined)
		);
		const ana = { platform: 'facebook', userId: 'ana', userHandle: '@ana' };
		const comment = { ...ana, liveId: 'live-1', text: 'sold 12' };
		await expect(other.comments.take(showId, comment)).rejects.toThrow();
		const figures = await scrape(other);
		// Nobody's fault but the server's: another code would send its operator to the wrong page.
		expect(figures.get('sellary_comments_refused_total{code="UNAVAILABLE"}')).toBe(1);
		expect(figures.get('sellary_comments_refused_total{code="ERROR"}')).toBe(0);
		expect(figures.get('sellary_script_replies_total{script="change-status",code="FAILED"}')).toBe(
			1
		);
		expect(figures.get('sellary_redis_connections{use="commands",state="down"}')).toBe(1);
	});

	test('consoles: subscribers, shows and the age of what they get', async () => {
		const showId = await app.show();
		const grew = await growth(async () => {
			const watcher = await new Watcher(app.live, showId).connect();
			const during = await scrape();
			expect(during.get('sellary_hub_subscribers')).toBe(1);
			expect(during.get('sellary_hub_shows')).toBeGreaterThan(0);
			expect(during.get('sellary_hub_lag_events')).toBe(0);
			const { at } = await app.say(showId, 'ana', 'sold 12');
			await watcher.reaches(at.seq);
			await watcher.cut();
		});
		expect(grew('sellary_hub_subscribers')).toBe(0);
		expect(grew('sellary_hub_event_age_seconds_count')).toBeGreaterThan(0);
	});

	test('refused attempts by the limit that refused them', async () => {
		const people = createPeople(app);
		const address = people.address();
		const attempt = (): Promise<string | null> =>
			refusalOf(
				app.auth.signIn({ email: 'nobody@example.com', password: 'wrong horse' }, { address })
			);
		const grew = await growth(async () => {
			while ((await attempt()) !== 'RATE_LIMITED');
		});
		expect(grew('sellary_rate_limited_total{limiter="sign-in-account"}')).toBe(1);
	});

	test('refused rehearsals too, each by the limit that refused it', async () => {
		const workspaceId = randomUUID();
		const grew = await growth(async () => {
			while ((await refusalOf(app.rehearsals.admit(workspaceId))) !== 'RATE_LIMITED');
		});
		expect(grew('sellary_rate_limited_total{limiter="rehearsals-of-workspace"}')).toBe(1);
		expect(grew('sellary_rate_limited_total{limiter="rehearsals-of-all"}')).toBe(0);
	});
});

describe('history', () => {
	test('what Postgres lacks is told in events and seconds, and written events are counted', async () => {
		// A process that writes no history, on a show that nobody else is told of.
		const lonely = await createTestContext({ env: { ROLE: 'web' } });
		try {
			const showId = await lonely.show({ '12': 1 });
			for (let n = 0; n < 5; n++) await lonely.say(showId, `u${n}`, 'hi');
			// The figures of a worker, whose jobs and sweep must not run here.
			await lonely.writeBehind.persist(showId);
			for (let n = 0; n < 7; n++) await lonely.say(showId, `u${n}`, 'hi');
			const backlog = await readBacklog(lonely.db, lonely.redis);
			expect(backlog).toMatchObject({ events: 7, shows: { active: 1, paused: 0 } });
			await until('the backlog is older than 20 ms', async () => {
				return (await readBacklog(lonely.db, lonely.redis)).seconds > 0.02;
			});
			await lonely.writeBehind.persist(showId);
			expect(await readBacklog(lonely.db, lonely.redis)).toMatchObject({ events: 0, seconds: 0 });
			const figures = await scrape(lonely);
			expect(figures.get('sellary_write_behind_events_total')).toBe(2 + 5 + 7);
			// What is alike for all processes is left to the workers.
			expect(figures.has('sellary_write_behind_lag_events')).toBe(false);
		} finally {
			await lonely.close();
		}
	});

	test('a worker tells lag, queues, live shows and the Redis server', async () => {
		const showId = await app.show();
		await app.settle(showId);
		// What the tests before have said is written as it comes.
		await until('nothing lags', async () => {
			return (await scrape()).get('sellary_write_behind_lag_events') === 0;
		});
		const figures = await scrape();
		expect(figures.get('sellary_live_shows{status="active"}')).toBeGreaterThan(0);
		expect(figures.get('sellary_redis_memory_used_bytes')).toBeGreaterThan(100_000);
		for (const queue of ['write-behind', 'rehearsals', 'channels', 'webhooks']) {
			expect(figures.get(`sellary_queue_jobs{queue="${queue}",state="failed"}`)).toBe(0);
		}
		expect(figures.get('sellary_postgres_pool_max_connections')).toBe(10);
		expect(figures.get('sellary_redis_connections{use="worker",state="ready"}')).toBe(2);
		for (const check of ['redis', 'postgres', 'scripts', 'migrations']) {
			expect(figures.get(`sellary_readiness{check="${check}"}`)).toBe(1);
		}
	});

	test('jobs that were given up are counted once each, also beyond those that are kept', async () => {
		const connection = connectRedis(app.config.redis, 'jobs', () => undefined);
		const queue = new Queue('rehearsals', { connection, prefix: JOBS_PREFIX });
		const failed = async (): Promise<number> =>
			(await scrape()).get('sellary_jobs_failed_total{queue="rehearsals"}') ?? Number.NaN;
		try {
			const before = await failed();
			const many = KEPT_FAILED.count + 20;
			// No rehearsal at all, tried twice.
			const opts = { attempts: 2, removeOnFail: KEPT_FAILED };
			const job = { name: 'play', data: {}, opts };
			await queue.addBulk(Array.from({ length: many }, () => job));
			await until('all are given up', async () => {
				const left = await queue.getJobCountByTypes('waiting', 'active', 'delayed');
				return left === 0 && (await failed()) - before >= many;
			});
			expect(await failed()).toBe(before + many);
			expect(await queue.getFailedCount()).toBe(KEPT_FAILED.count);
		} finally {
			await queue.obliterate({ force: true });
			await queue.close();
			connection.disconnect();
		}
	});

	test('what can’t be read is missing from the scrape, not 0, and does not keep the rest from it', async () => {
		const other = await app.another();
		expect((await scrape(other)).has('sellary_live_shows{status="active"}')).toBe(true);
		await other.db.destroy();
		const figures = await scrape(other);
		expect(figures.has('sellary_live_shows{status="active"}')).toBe(false);
		expect(figures.has('sellary_write_behind_lag_events')).toBe(false);
		expect(figures.get('sellary_scrape_failures_total{source="backlog"}')).toBe(1);
		expect(figures.get('sellary_redis_memory_used_bytes')).toBeGreaterThan(0);
		// It says which check of readiness fails, and takes nothing from the others.
		expect(figures.get('sellary_readiness{check="postgres"}')).toBe(0);
		expect(figures.get('sellary_readiness{check="redis"}')).toBe(1);
		expect(figures.get('sellary_readiness{check="scripts"}')).toBe(1);
	});
});

test('labels have few values and never name a show, a workspace or a person', async () => {
	const showId = await app.show();
	for (let n = 0; n < 50; n++) {
		await app.say(showId, `person-${n}`, `sold 12 marker-${n}`, { platform: `platform-${n}` });
	}
	const text = await app.metrics.render();
	expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
	expect(text).not.toMatch(/person-|marker-|platform-\d/);
	const series = new Map<string, number>();
	for (const [line] of await scrape()) {
		const name = line.replace(/\{.*/, '');
		series.set(name, (series.get(name) ?? 0) + 1);
	}
	expect([...series].filter(([name, count]) => count > 300 || !name)).toEqual([]);
	expect(platformLabel('facebook')).toBe('facebook');
	expect(platformLabel('anything')).toBe('other');
});

test('several applications in one process keep figures of their own', async () => {
	const other = await app.another({ ROLE: 'web' });
	const showId = await app.show();
	await app.say(showId, 'ana', 'sold 12');
	expect(
		[...(await scrape(other)).keys()].filter((name) => name.includes('comments_total'))
	).toEqual([]);
});

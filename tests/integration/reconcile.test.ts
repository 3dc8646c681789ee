import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ShowDigests } from '../../src/lib/server/history/digest.ts';
import { LogFolds } from '../../src/lib/server/history/reconcile/log-folds.ts';
import { inspectShow } from '../../src/lib/server/history/reconcile/inspect-show.ts';
import type { CheckResult } from '../../src/lib/server/history/reconcile/reconciler.ts';
import { ReconcileTimer } from '../../src/lib/server/jobs/reconcile-timer.ts';
import { showKey } from '../../src/lib/server/redis/keys.ts';
import { ACTOR, createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { Watcher, copyShow, expectAgreement, liveState, until } from './probes.ts';
import { keysLike } from './redis-nodes.ts';

let app: TestContext;
beforeAll(async () => {
	// No worker: its timer would find the damage of a test before the test does, or count it as well.
	app = await createTestContext({ env: { ROLE: 'web', RESUME_TAIL_EVENTS: '100' } });
});
afterAll(() => app.close());

/** Writes what there is of the show into history, and returns the three digests. */
async function settle(showId: string): Promise<ShowDigests> {
	await app.writeBehind.persist(showId);
	return await app.settle(showId);
}

/** A show with winners, a queue, a release, a removed item and a channel, at rest. */
async function eventfulShow(): Promise<string> {
	const showId = await app.show({ '12': 2, '13': 1, '14': 5 });
	for (let n = 0; n < 12; n++) await app.say(showId, `u${n}`, n % 3 === 0 ? 'sold 13' : 'sold 12');
	await app.say(showId, 'u1', 'pass 12');
	await app.say(showId, 'u1', 'sold 12');
	await app.actions.setQuantity(showId, '12', 3, ACTOR);
	await app.actions.removeItem(showId, '14', ACTOR);
	await app.actions.addItem(showId, { number: '14', title: 'Again', quantity: 1 }, ACTOR);
	await app.channels.status(showId, {
		channelId: crypto.randomUUID(),
		platform: 'facebook',
		liveId: 'live-1',
		status: 'connected',
		reason: null,
		detail: null
	});
	expectAgreement(await settle(showId));
	return showId;
}

const check = (showId: string): Promise<CheckResult> => app.reconciler.check(showId);

const kinds = ({ findings }: CheckResult): string[] =>
	findings.map(({ kind, healed }) => `${kind} ${healed ? 'healed' : 'raised'}`);

/** Expects exactly this to be found and healed, and everything to agree then and to go on. */
async function expectHealed(showId: string, kind: string): Promise<void> {
	expect(kinds(await check(showId))).toEqual([`${kind} healed`]);
	await expectWell(showId);
}

/** Everything agrees and goes on. */
async function expectWell(showId: string): Promise<void> {
	expect(await check(showId)).toEqual({ result: 'agree', findings: [] });
	await app.say(showId, 'late', 'sold 12');
	expectAgreement(await settle(showId));
	expect(await check(showId)).toEqual({ result: 'agree', findings: [] });
}

/** The operators' events of the show's log. */
async function errorsOf(showId: string): Promise<unknown[]> {
	const entries = await app.redis.xrange(showKey(showId, 'events'), '-', '+');
	return entries
		.map(([, fields]): unknown => JSON.parse(fields[1] ?? ''))
		.filter((event) => JSON.stringify(event).includes('RECONCILE'));
}

describe('a show at rest', () => {
	test('agrees, and is left as it is', async () => {
		const showId = await eventfulShow();
		const { epoch, seq } = await liveState(app, showId);
		expect(await check(showId)).toEqual({ result: 'agree', findings: [] });
		expect(await liveState(app, showId)).toMatchObject({ epoch, seq });
	});

	test('agrees as a draft that nobody touched, after its end, and when it is gone from Redis then', async () => {
		const draft = await app.show({}, { activate: false });
		expect((await check(draft)).result).toBe('agree');
		const showId = await eventfulShow();
		await app.actions.changeStatus(showId, 'ended', ACTOR);
		await settle(showId);
		expect((await check(showId)).result).toBe('agree');
		for (const key of await keysLike(app.redis, `*${showId}*`)) await app.redis.del(key);
		expect((await check(showId)).result).toBe('agree');
	});

	test('of an unknown id is nobody’s', async () => {
		expect((await check(crypto.randomUUID())).result).toBe('moved');
	});
});

describe('Redis is rebuilt', () => {
	test('when it lost a show that is on', async () => {
		const showId = await eventfulShow();
		for (const key of await keysLike(app.redis, `*${showId}*`)) await app.redis.del(key);
		await expectHealed(showId, 'redis_missing');
	});

	test('when it came back with an older state', async () => {
		const showId = await eventfulShow();
		const restore = await copyShow(app, showId);
		for (let n = 0; n < 5; n++) await app.say(showId, `more-${n}`, 'sold 12');
		await settle(showId);
		// A write-behind that was woken and is yet to run would find it as well, perhaps earlier.
		await app.writeBehind.persist(showId);
		const persist = vi.spyOn(app.writeBehind, 'persist').mockResolvedValue(0);
		await restore();
		expect(kinds(await check(showId))).toEqual(['redis_behind healed']);
		persist.mockRestore();
		await expectWell(showId);
	});

	const damages: Record<string, (showId: string) => Promise<unknown>> = {
		'a claim is missing from it': async (showId) => {
			const [field = ''] = await app.redis.hkeys(showKey(showId, 'claims'));
			await app.redis.hdel(showKey(showId, 'claims'), field);
		},
		'a quantity differs': (showId) => app.redis.hset(showKey(showId, 'items'), '12:quantity', '9'),
		'a counter differs': (showId) => app.redis.hincrby(showKey(showId, 'meta'), 'n:winner', 1),
		'the number of winners that scripts decide by differs': (showId) =>
			app.redis.hincrby(showKey(showId, 'items'), '12:won', -1),
		'somebody is missing from the queue': (showId) => app.redis.zpopmin(showKey(showId, 'queue')),
		'it no longer knows a comment': async (showId) => {
			const [field = ''] = await app.redis.hkeys(showKey(showId, 'comments'));
			await app.redis.hdel(showKey(showId, 'comments'), field);
		}
	};
	test.each(Object.entries(damages))('when %s', async (_, damage) => {
		const showId = await eventfulShow();
		await damage(showId);
		await expectHealed(showId, 'redis_differs');
	});

	test('while comments keep coming and consoles watch: nothing is lost, all agree', async () => {
		const showId = await eventfulShow();
		const watcher = await new Watcher(app.live, showId).connect();
		await app.redis.hincrby(showKey(showId, 'meta'), 'n:winner', 1);
		let healed = false;
		const taken: Promise<unknown>[] = [];
		const talk = (async () => {
			for (let n = 0; !healed || n < 100; n++) {
				taken.push(app.say(showId, `busy-${n}`, 'sold 12', { commentId: `busy-${n}` }));
				await new Promise((resolve) => setTimeout(resolve, 4));
			}
		})();
		try {
			expect(kinds(await check(showId))).toEqual(['redis_differs healed']);
		} finally {
			healed = true;
			await talk;
		}
		await Promise.all(taken);
		expectAgreement(await settle(showId));
		const { count } = await app.db
			.selectFrom('comments')
			.select(({ fn }) => fn.countAll<string>().as('count'))
			.where('show_id', '=', showId)
			.where('comment_id', 'like', 'busy-%')
			.executeTakeFirstOrThrow();
		expect(Number(count)).toBe(taken.length);
		await watcher.expectUpToDate(app);
		await watcher.cut();
	});
});

describe('rows are written anew', () => {
	const damages: Record<string, (showId: string) => Promise<unknown>> = {
		'a claim is missing': (showId) =>
			sql`delete from claims where show_id = ${showId} and state = 'winner'`.execute(app.db),
		'a claim has another state': (showId) =>
			sql`update claims set state = 'released' where show_id = ${showId} and state = 'waitlist'`.execute(
				app.db
			),
		'a comment is missing': (showId) =>
			sql`delete from comments where show_id = ${showId} and outcome = 'winner'`.execute(app.db),
		'a comment has another outcome': (showId) =>
			sql`update comments set outcome = 'none' where show_id = ${showId}`.execute(app.db),
		'an item has another quantity': (showId) =>
			sql`update items set quantity = 50 where show_id = ${showId}`.execute(app.db),
		'an item is removed': (showId) =>
			sql`update items set removed_at = now() where show_id = ${showId}`.execute(app.db),
		'a channel stands otherwise': (showId) =>
			sql`update channels set status = 'degraded' where show_id = ${showId}`.execute(app.db),
		'the show has another name': (showId) =>
			sql`update shows set name = 'Other', status = 'paused' where id = ${showId}`.execute(app.db)
	};
	test.each(Object.entries(damages))('when %s', async (_, damage) => {
		const showId = await eventfulShow();
		const rowsOf = async (): Promise<unknown> => [
			await app.db
				.selectFrom('comments')
				.select(['seq', 'comment_id', 'text', 'outcome', 'claim_id'])
				.where('show_id', '=', showId)
				.orderBy('seq')
				.execute(),
			await app.db
				.selectFrom('claims')
				.select(['id', 'state', 'won_seq', 'claimed_at', 'promoted_at', 'released_at'])
				.where('show_id', '=', showId)
				.orderBy('created_seq')
				.execute(),
			await app.db
				.selectFrom('shows')
				.select(['name', 'status', 'comment_count', 'started_at', 'ended_at', 'epoch', 'last_seq'])
				.where('id', '=', showId)
				.execute()
		];
		const before = await rowsOf();
		await damage(showId);
		await expectHealedRows(showId, before, rowsOf);
	});

	async function expectHealedRows(
		showId: string,
		before: unknown,
		rowsOf: () => Promise<unknown>
	): Promise<void> {
		expect(kinds(await check(showId))).toEqual(['rows_differ healed']);
		expect(await rowsOf()).toEqual(before);
		await expectQuiet(showId);
	}

	async function expectQuiet(showId: string): Promise<void> {
		expect(await check(showId)).toEqual({ result: 'agree', findings: [] });
		await app.say(showId, 'late', 'sold 12');
		expectAgreement(await settle(showId));
	}

	test('before Redis is rebuilt from them, when both are wrong', async () => {
		const showId = await eventfulShow();
		await sql`delete from claims where show_id = ${showId}`.execute(app.db);
		await app.redis.hset(showKey(showId, 'items'), '12:quantity', '9');
		expect(kinds(await check(showId)).sort()).toEqual([
			'redis_differs healed',
			'rows_differ healed'
		]);
		await expectQuiet(showId);
	});

	test('of a log longer than one page', async () => {
		const showId = await app.show({ '12': 3 });
		for (let from = 0; from < 2_400; from += 100) {
			await Promise.all(
				Array.from({ length: 100 }, (_, n) =>
					app.say(showId, `u${(from + n) % 700}`, n % 5 === 0 ? 'pass 12' : 'sold 12')
				)
			);
		}
		expectAgreement(await settle(showId));
		await sql`delete from claims where show_id = ${showId}`.execute(app.db);
		expect(kinds(await check(showId))).toEqual(['rows_differ healed']);
		await expectQuiet(showId);
	});
});

describe('what can’t be healed is raised', () => {
	/** Expects it to be raised each time, and the operators to be told once. */
	async function expectRaised(showId: string, kind: string): Promise<void> {
		const before = await app.metrics.render();
		const label = `sellary_reconcile_mismatches_total{kind="${kind}",healed="false"}`;
		const count = (text: string): number => Number(text.split(`${label} `)[1]?.split('\n')[0] ?? 0);
		expect(kinds(await check(showId))).toEqual([`${kind} raised`]);
		expect(kinds(await check(showId))).toEqual([`${kind} raised`]);
		expect(count(await app.metrics.render()) - count(before)).toBe(2);
		expect(await errorsOf(showId)).toHaveLength(1);
	}

	test('the log lacks an event', async () => {
		const showId = await eventfulShow();
		await sql`delete from events where show_id = ${showId} and seq = 7`.execute(app.db);
		await expectRaised(showId, 'log_gap');
	});

	test('the log lacks its last events, although the cursor has passed them', async () => {
		const showId = await eventfulShow();
		const { seq } = await liveState(app, showId);
		await sql`delete from events where show_id = ${showId} and seq > ${seq - 2}`.execute(app.db);
		await expectRaised(showId, 'log_gap');
	});

	test('an event contradicts those before it', async () => {
		const showId = await eventfulShow();
		await sql`
			update events set data = jsonb_set(data, '{item}', '"77"')
			where show_id = ${showId} and type = 'claim.created' and seq < 12
		`.execute(app.db);
		await expectRaised(showId, 'log_invalid');
	});

	test('an event can’t be read', async () => {
		const showId = await eventfulShow();
		await sql`update events set data = '{}' where show_id = ${showId} and seq = 5`.execute(app.db);
		await expectRaised(showId, 'log_invalid');
	});

	test('the log itself breaks a rule', async () => {
		const showId = await eventfulShow();
		await sql`
			update events set data = jsonb_set(data, '{item,quantity}', '1')
			where show_id = ${showId} and type = 'item.updated' and data->'item'->>'number' = '12'
		`.execute(app.db);
		await expectRaised(showId, 'rule_broken');
	});

	test('the stream lost events that Postgres does not have', async () => {
		// Nobody else may persist them before they are lost.
		const lonely = await createTestContext({ env: { ROLE: 'web' } });
		try {
			const showId = await lonely.show({ '12': 1 });
			await lonely.writeBehind.persist(showId);
			for (let n = 0; n < 5; n++) await lonely.say(showId, `u${n}`, 'sold 12');
			const { seq } = await liveState(lonely, showId);
			await lonely.redis.xdel(showKey(showId, 'events'), `${seq - 3}-0`, `${seq - 5}-0`);
			await lonely.redis.xtrim(showKey(showId, 'events'), 'MINID', seq - 2);
			expect(kinds(await lonely.reconciler.check(showId))).toEqual(['stream_gap raised']);
			const { epoch } = await liveState(lonely, showId);
			expect(kinds(await lonely.reconciler.check(showId))).toEqual(['stream_gap raised']);
			// Nothing was taken away: what Redis knows may be all that is left.
			expect((await liveState(lonely, showId)).epoch).toBe(epoch);
		} finally {
			await lonely.close();
		}
	});

	test('damage that comes back after it was healed: nothing is rebuilt again and again', async () => {
		const showId = await eventfulShow();
		const damage = (): Promise<unknown> =>
			app.redis.hset(showKey(showId, 'items'), '12:quantity', '9');
		await damage();
		expect(kinds(await check(showId))).toEqual(['redis_differs healed']);
		await damage();
		const { epoch } = await liveState(app, showId);
		expect(kinds(await check(showId))).toEqual(['redis_differs raised']);
		expect((await liveState(app, showId)).epoch).toBe(epoch);
	});
});

test('a show at full speed, with operators at work, raises nothing', async () => {
	const worker = await app.another({ ROLE: 'worker' });
	const showId = await app.show({ '12': 3, '13': 1, '14': 2 });
	let sent = 0;
	const results = new Map<string, number>();
	/** However long that takes on this machine. */
	const isEnough = (): boolean => sent > 500 && (results.get('agree') ?? 0) > 5;
	const shout = async (channel: number): Promise<void> => {
		while (!isEnough()) {
			const n = sent++;
			const text = n % 4 === 0 ? 'pass 12' : `sold ${12 + (n % 3)}`;
			await app.say(showId, `u${n % 60}`, text, { platform: `p${channel}` });
		}
	};
	const operate = async (): Promise<void> => {
		for (let n = 0; !isEnough(); n++) {
			await app.actions.setQuantity(showId, '13', 1 + (n % 40), ACTOR).catch(() => undefined);
			await app.actions.changeStatus(showId, n % 2 === 0 ? 'paused' : 'resumed', ACTOR);
		}
	};
	const compare = async (): Promise<void> => {
		const folds = new LogFolds(app.db);
		while (!isEnough()) {
			// The bare comparison, without the second look that a mismatch gets.
			const { result, mismatches } = await inspectShow(app, showId, folds);
			const what = `${result} ${mismatches.map(({ kind }) => kind).join()}`.trim();
			results.set(what, (results.get(what) ?? 0) + 1);
		}
	};
	await Promise.all([...Array.from({ length: 8 }, (_, n) => shout(n)), operate(), compare()]);
	await worker.close();
	expect([...results.keys()]).toEqual(['agree']);
	expectAgreement(await settle(showId));
});

test('one worker at a time goes through the live shows, and tells when it is done', async () => {
	const fresh = await createTestContext({ env: { ROLE: 'web' } });
	try {
		const { db, redis, scripts, reconciler, logger } = fresh;
		const good = await fresh.show({ '12': 1 });
		const bad = await fresh.show({ '12': 1 });
		for (const showId of [good, bad]) await fresh.writeBehind.persist(showId);
		await sql`delete from events where show_id = ${bad} and seq = 1`.execute(db);
		const finished: number[] = [];
		const timer = (): ReconcileTimer =>
			new ReconcileTimer({
				...{ db, redis, scripts, reconciler, logger },
				onFinished: (damaged) => finished.push(damaged)
			});
		const [one, other] = [timer(), timer()];
		expect(await one.run()).toBe(2);
		expect(await other.run()).toBe(0);
		expect(finished).toEqual([1]);
		await one.close();
		await until('the other worker has the lease', async () => (await other.run()) === 2);
		await other.close();
	} finally {
		await fresh.close();
	}
});

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LogPosition } from '../../src/lib/domain/events.ts';
import { readEvents } from '../../src/lib/server/allocator/event-stream.ts';
import type { CommentReply, IncomingComment } from '../../src/lib/server/allocator/comment.ts';
import type { AppContext } from '../../src/lib/server/context.ts';
import { pingDatabase } from '../../src/lib/server/history/database.ts';
import { stateDigest, showDigests } from '../../src/lib/server/history/digest.ts';
import { persistedPosition } from '../../src/lib/server/history/postgres-state.ts';
import { Recovery, newEpoch } from '../../src/lib/server/history/recovery.ts';
import { writeBatch } from '../../src/lib/server/history/write-batch.ts';
import { SplitHistoryError } from '../../src/lib/server/history/write-behind.ts';
import { Sweep } from '../../src/lib/server/jobs/sweep.ts';
import { SHOW_KEYS, showKey } from '../../src/lib/server/redis/keys.ts';
import { runScript } from '../../src/lib/server/redis/run-script.ts';
import { ACTOR, createTestContext, onCluster } from './harness.ts';
import type { TestContext } from './harness.ts';
import {
	Watcher,
	copyShow,
	expectAgreement,
	expectRefusal,
	holders,
	liveState,
	loseRedis,
	until
} from './probes.ts';
import { startTcpProxy } from './tcp-proxy.ts';
import type { TcpProxy } from './tcp-proxy.ts';
import { forgetScripts, keysLike } from './redis-nodes.ts';

/** Serves and keeps no history by itself: the tests say when something is persisted. */
let app: TestContext;
beforeAll(async () => {
	app = await createTestContext({ env: { ROLE: 'web' } });
});
afterAll(() => app.close());

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** Another process; closed after the test. */
async function start(env: Record<string, string> = { ROLE: 'web' }): Promise<AppContext> {
	const process = await app.another(env);
	cleanups.push(() => process.close());
	return process;
}

async function proxyTo(url: string): Promise<TcpProxy> {
	const proxy = await startTcpProxy(url);
	cleanups.push(() => proxy.close());
	return proxy;
}

async function watch(showId: string, process: AppContext = app): Promise<Watcher> {
	const watcher = await new Watcher(process.live, showId).connect();
	cleanups.push(() => watcher.cut());
	return watcher;
}

let comments = 0;
function comment(user: string, text: string): IncomingComment {
	return {
		platform: 'facebook',
		liveId: 'L',
		commentId: `d${comments++}`,
		userId: user,
		userHandle: `@${user}`,
		text
	};
}

async function buyers(
	showId: string,
	count: number,
	process: AppContext = app
): Promise<CommentReply[]> {
	return await Promise.all(
		Array.from({ length: count }, () =>
			process.comments.take(showId, comment(`u${comments}`, 'sold 12'))
		)
	);
}

async function position(showId: string): Promise<LogPosition> {
	const { epoch, seq } = await liveState(app, showId);
	return { epoch, seq };
}

/** Persists what there is, and expects log, Redis and Postgres to agree. */
async function expectWhole(showId: string): Promise<void> {
	await app.writeBehind.persist(showId);
	expectAgreement(await showDigests(app.db, app.redis, app.scripts, showId));
}

async function rows(showId: string): Promise<{ events: number; comments: number; claims: number }> {
	const count = async (table: 'events' | 'comments' | 'claims'): Promise<number> => {
		const found = await app.db
			.selectFrom(table)
			.select((row) => row.fn.countAll<string>().as('count'))
			.where('show_id', '=', showId)
			.executeTakeFirstOrThrow();
		return Number(found.count);
	};
	return {
		events: await count('events'),
		comments: await count('comments'),
		claims: await count('claims')
	};
}

/** The result without what differs between a first delivery and its replay. */
function facts({ seq, outcome, item, claimId, position: place }: CommentReply): unknown {
	return { seq, outcome, item, claimId, place };
}

describe('a restart of the application in mid-show', () => {
	test('the next process goes on where the last one stopped', async () => {
		const showId = await app.show({ '12': 2 });
		const first = await start({ ROLE: 'all' });
		const said = ['a', 'b', 'c', 'd'].map((user) => comment(user, 'sold 12'));
		const replies = [];
		for (const one of said) replies.push(await first.comments.take(showId, one));
		await first.close();

		const second = await start({ ROLE: 'all' });
		for (const [index, one] of said.entries()) {
			const again = await second.comments.take(showId, one);
			expect(again.replay).toBe(true);
			expect(facts(again)).toEqual(facts(replies[index] ?? again));
		}
		await second.comments.take(showId, comment('a', 'pass 12'));
		expect(await holders(app, showId)).toEqual({ winners: ['b', 'c'], waitlist: ['d'] });
		expectAgreement(await app.settle(showId));
	});

	test('what the old process had not persisted is persisted by the next', async () => {
		const showId = await app.show({ '12': 2 });
		await buyers(showId, 20);
		expect((await rows(showId)).events).toBe(0);
		await start({ ROLE: 'worker' });
		// Nobody wakes it: the sweep finds the show.
		expectAgreement(await app.settle(showId));
	});

	test('closing does not wait for anything that is not ours, twice is once', async () => {
		// A stall of the machine makes one of them slow; what waits for a timer is slow each time.
		let fastest = Infinity;
		for (let attempt = 0; attempt < 5 && fastest >= 4_500; attempt++) {
			const process = await app.another({ ROLE: 'all' });
			const showId = await app.show({ '12': 2 });
			await buyers(showId, 50, process);
			const startedAt = performance.now();
			await Promise.all([process.close(), process.close()]);
			fastest = Math.min(fastest, performance.now() - startedAt);
		}
		// Blocking reads, polls and timers last five seconds and more.
		expect(fastest).toBeLessThan(4_500);
	});
});

describe('Redis loses everything in mid-show', () => {
	test('the show is rebuilt under a new epoch on first touch; nothing persisted is lost', async () => {
		const showId = await app.show({ '12': 2, '7': 1 });
		const said = ['a', 'b', 'c', 'd'].map((user) => comment(user, 'sold 12'));
		const first = [];
		for (const one of said) first.push(await app.comments.take(showId, one));
		await app.actions.award(showId, '7', { ...person('x') }, ACTOR);
		await app.actions.showItem(showId, '7', ACTOR);
		await app.actions.editShow(showId, { name: 'n', claimWord: 'mine', passWord: 'skip' }, ACTOR);
		await app.channels.status(showId, {
			channelId: randomUUID(),
			platform: 'facebook',
			liveId: 'L',
			status: 'connected',
			reason: null,
			detail: null
		});
		await app.writeBehind.persist(showId);
		const before = await liveState(app, showId);
		await loseRedis(app);

		expect((await app.say(showId, 'e', 'mine 12')).outcome).toBe('waitlist');
		const after = await liveState(app, showId);
		expect(after.epoch).not.toBe(before.epoch);
		expect(after.seq).toBe(before.seq + 2);
		expect(await holders(app, showId)).toEqual({ winners: ['a', 'b'], waitlist: ['c', 'd', 'e'] });
		expect(after).toMatchObject({ showing: '7', settings: { claimWord: 'mine' } });

		// Comments of before are still known, with their first result.
		for (const [index, one] of said.entries()) {
			const again = await app.comments.take(showId, one);
			expect(again.replay).toBe(true);
			expect(facts(again)).toEqual(facts(first[index] ?? again));
		}
		await app.say(showId, 'a', 'skip 12');
		expect(await holders(app, showId)).toEqual({ winners: ['b', 'c'], waitlist: ['d', 'e'] });
		await expectWhole(showId);
	});

	test('what was not persisted is gone with Redis, and the rest is whole', async () => {
		const showId = await app.show({ '12': 1 });
		await app.say(showId, 'a', 'sold 12');
		await app.writeBehind.persist(showId);
		await app.say(showId, 'a', 'pass 12');
		await loseRedis(app);
		await app.say(showId, 'b', 'sold 12');
		expect(await holders(app, showId)).toEqual({ winners: ['a'], waitlist: ['b'] });
		await expectWhole(showId);
	});

	test('consoles get a snapshot and end equal to one that joins now', async () => {
		const showId = await app.show({ '12': 3 });
		await buyers(showId, 20);
		const watchers = [await watch(showId), await watch(showId), await watch(showId)];
		await app.writeBehind.persist(showId);
		await loseRedis(app);
		await buyers(showId, 20);
		for (const watcher of watchers) {
			await watcher.expectUpToDate(app);
			expect(watcher.snapshots).toBe(2);
			expect(watcher.show?.state.epoch).toBe((await position(showId)).epoch);
		}
		await expectWhole(showId);
	});

	test('a console finds it out although nobody does anything', async () => {
		const showId = await app.show({ '12': 3 });
		await buyers(showId, 5);
		const watcher = await watch(showId);
		await app.writeBehind.persist(showId);
		const { epoch } = await position(showId);
		await loseRedis(app);
		await until('a snapshot', () => watcher.snapshots === 2);
		expect(watcher.show?.state.epoch).not.toBe(epoch);
		await watcher.expectUpToDate(app);
	});

	test('write-behind goes on by itself', async () => {
		const worker = await start({ ROLE: 'all' });
		const showId = await app.show({ '12': 3 });
		await buyers(showId, 20, worker);
		expectAgreement(await app.settle(showId));
		await loseRedis(app);
		await buyers(showId, 20, worker);
		expectAgreement(await app.settle(showId));
	});

	test('three processes that find it out at once agree on one epoch', async () => {
		const processes = [app, await start(), await start()];
		const showId = await app.show({ '12': 5 });
		for (const process of processes) await buyers(showId, 3, process);
		await app.writeBehind.persist(showId);
		for (let round = 0; round < 5; round++) {
			await loseRedis(app);
			const replies = await Promise.all(processes.map((process) => buyers(showId, 20, process)));
			const seqs = replies.flat().map(({ seq }) => seq);
			expect(new Set(seqs).size).toBe(60);
			expect(new Set(replies.flat().map(({ at }) => at.epoch)).size).toBe(1);
			await expectWhole(showId);
		}
		expect((await holders(app, showId)).winners).toHaveLength(5);
	});

	test('a draft that was never touched, and one that was', async () => {
		const showId = await app.show({ '12': 1 }, { activate: false });
		await app.writeBehind.persist(showId);
		await loseRedis(app);
		await app.actions.changeStatus(showId, 'activated', ACTOR);
		expect((await app.say(showId, 'a', 'sold 12')).outcome).toBe('winner');
		await expectWhole(showId);
	});

	test('a paused show is still paused', async () => {
		const showId = await app.show({ '12': 1 });
		await app.actions.changeStatus(showId, 'paused', ACTOR);
		await app.writeBehind.persist(showId);
		await loseRedis(app);
		expect((await app.say(showId, 'a', 'sold 12')).outcome).toBe('not_counted');
	});

	test('again and again: each time another epoch, seq without gaps', async () => {
		const showId = await app.show({ '12': 1 });
		const epochs = new Set<string>();
		for (let round = 0; round < 4; round++) {
			epochs.add((await app.say(showId, `r${round}`, 'sold 12')).at.epoch);
			await app.writeBehind.persist(showId);
			await loseRedis(app);
		}
		expect(epochs.size).toBe(4);
		await app.say(showId, 'last', 'sold 12');
		await expectWhole(showId);
		const { seq } = await position(showId);
		expect((await rows(showId)).events).toBe(seq);
	});
});

function person(userId: string) {
	return {
		key: `facebook:${userId}`,
		platform: 'facebook',
		userId,
		handle: userId,
		displayName: null
	};
}

test('SCRIPT FLUSH in mid-show is not noticed', async () => {
	const showId = await app.show({ '12': 3 });
	const [replies] = await Promise.all([
		buyers(showId, 100),
		...Array.from({ length: 5 }, async (_, index) => {
			await sleep(index * 3);
			await forgetScripts(app.redis);
		})
	]);
	expect(replies.filter(({ outcome }) => outcome === 'winner')).toHaveLength(3);
	expect(replies.every(({ replay }) => !replay)).toBe(true);
	await forgetScripts(app.redis);
	await app.actions.setQuantity(showId, '12', 5, ACTOR);
	await expectWhole(showId);
});

describe('Redis comes back in an older state', () => {
	test('older than Postgres: nothing that is persisted is lost, and the epoch is new', async () => {
		const showId = await app.show({ '12': 2 });
		await app.say(showId, 'a', 'sold 12');
		const goBack = await copyShow(app, showId);
		const said = comment('b', 'sold 12');
		await app.comments.take(showId, said);
		await buyers(showId, 5);
		await app.writeBehind.persist(showId);
		const before = await liveState(app, showId);
		await goBack();

		expect((await app.say(showId, 'z', 'sold 12')).outcome).toBe('waitlist');
		const after = await liveState(app, showId);
		expect(after.epoch).not.toBe(before.epoch);
		expect(after.seq).toBe(before.seq + 2);
		expect((await app.comments.take(showId, said)).replay).toBe(true);
		await expectWhole(showId);
	});

	test('older than Postgres, found by a process that has just started', async () => {
		const showId = await app.show({ '12': 2 });
		const goBack = await copyShow(app, showId);
		await buyers(showId, 5);
		await app.writeBehind.persist(showId);
		await goBack();
		const fresh = await start();
		expect((await fresh.comments.take(showId, comment('z', 'sold 12'))).position).toBe(4);
		await expectWhole(showId);
	});

	test('older than what was acknowledged, newer than Postgres: what is left is kept', async () => {
		const showId = await app.show({ '12': 1 });
		await app.say(showId, 'a', 'sold 12');
		await app.writeBehind.persist(showId);
		await app.say(showId, 'b', 'sold 12');
		const goBack = await copyShow(app, showId);
		await app.say(showId, 'c', 'sold 12');
		const before = await position(showId);
		await goBack();
		await app.say(showId, 'd', 'sold 12');
		expect(await holders(app, showId)).toEqual({ winners: ['a'], waitlist: ['b', 'd'] });
		expect((await position(showId)).epoch).not.toBe(before.epoch);
		await expectWhole(showId);
	});

	test('a console notices it, and sees what is left', async () => {
		const showId = await app.show({ '12': 1 });
		await app.say(showId, 'a', 'sold 12');
		const goBack = await copyShow(app, showId);
		await app.say(showId, 'b', 'sold 12');
		const watcher = await watch(showId);
		const { epoch } = await position(showId);
		await goBack();
		await until('a snapshot', () => watcher.snapshots === 2);
		await watcher.expectUpToDate(app);
		expect(watcher.show?.state.epoch).not.toBe(epoch);
		await expectWhole(showId);
	});

	test('in an epoch that was given up: the show is rebuilt, in an epoch of its own', async () => {
		const showId = await app.show({ '12': 2 });
		await app.say(showId, 'a', 'sold 12');
		await app.writeBehind.persist(showId);
		const goBack = await copyShow(app, showId);
		const old = await position(showId);
		await loseRedis(app);
		await app.say(showId, 'b', 'sold 12');
		await app.say(showId, 'c', 'sold 12');
		await app.writeBehind.persist(showId);
		const before = await position(showId);
		await goBack();

		expect((await app.say(showId, 'd', 'sold 12')).position).toBe(2);
		expect(await holders(app, showId)).toEqual({ winners: ['a', 'b'], waitlist: ['c', 'd'] });
		const { epoch } = await position(showId);
		expect([old.epoch, before.epoch]).not.toContain(epoch);
		await expectWhole(showId);
	});

	test('in an epoch that was given up, and nobody writes: the next persisting finds it', async () => {
		const showId = await app.show({ '12': 2 });
		await app.say(showId, 'a', 'sold 12');
		await app.writeBehind.persist(showId);
		const goBack = await copyShow(app, showId);
		await loseRedis(app);
		await app.say(showId, 'b', 'sold 12');
		await app.writeBehind.persist(showId);
		const before = await position(showId);
		await goBack();
		await app.writeBehind.persist(showId);
		await until('a rebuild', async () => (await position(showId)).seq === before.seq);
		expect(await holders(app, showId)).toEqual({ winners: ['a', 'b'], waitlist: [] });
		await expectWhole(showId);
	});

	test('and the process that was rebuilding it died half-way', async () => {
		const showId = await app.show({ '12': 2 });
		await app.say(showId, 'a', 'sold 12');
		const goBack = await copyShow(app, showId);
		await buyers(showId, 5);
		await app.writeBehind.persist(showId);
		await goBack();
		// The first step of a rebuild; the others never came.
		await app.db.updateTable('shows').set({ epoch: 'halfway' }).where('id', '=', showId).execute();
		const fresh = await start();
		const reply = await fresh.comments.take(showId, comment('z', 'sold 12'));
		expect(reply).toMatchObject({ outcome: 'waitlist', position: 5 });
		await expectWhole(showId);
	});

	test('a healthy show whose rebuild was begun in vain goes on, and nothing of it is lost', async () => {
		const showId = await app.show({ '12': 2 });
		await buyers(showId, 5);
		await app.writeBehind.persist(showId);
		await app.say(showId, 'late', 'sold 12');
		await app.db.updateTable('shows').set({ epoch: 'invain' }).where('id', '=', showId).execute();
		await app.say(showId, 'later', 'sold 12');
		await expectWhole(showId);
		expect((await holders(app, showId)).waitlist.slice(-2)).toEqual(['late', 'later']);
	});

	test('two processes that find it out at the same instant: one rebuild, no split', async () => {
		const other = await start();
		const showId = await app.show({ '12': 2 });
		await buyers(showId, 2, other);
		const goBack = await copyShow(app, showId);
		await Promise.all([buyers(showId, 10), buyers(showId, 10, other)]);
		await app.writeBehind.persist(showId);
		await goBack();
		const replies = await Promise.all([buyers(showId, 10), buyers(showId, 10, other)]);
		const seqs = replies.flat().map(({ seq }) => seq);
		expect(new Set(seqs).size).toBe(20);
		await expectWhole(showId);
		expect((await holders(app, showId)).waitlist).toHaveLength(40);
	});

	test('while others who know nothing of it still write: nothing that they are told is lost', async () => {
		const fresh = await start();
		for (let round = 0; round < 5; round++) {
			const showId = await app.show({ '12': 2 });
			await app.writeBehind.persist(showId);
			const goBack = await copyShow(app, showId);
			await buyers(showId, 100);
			await goBack();
			// This one has not seen the hundred, so it takes the show for a healthy one.
			await buyers(showId, 1, fresh);
			const unaware = async (): Promise<void> => {
				for (let index = 0; index < 30; index++) {
					await buyers(showId, 1, fresh);
					await sleep(1);
				}
			};
			await Promise.all([unaware(), buyers(showId, 10)]);
			await expectWhole(showId);
			expect((await rows(showId)).comments).toBe(41);
			const { winners, waitlist } = await holders(app, showId);
			expect([winners.length, waitlist.length]).toEqual([2, 39]);
		}
	});

	test('a process that hears of the damage after another one has repaired it changes nothing', async () => {
		const other = await start();
		const showId = await app.show({ '12': 2 });
		const goBack = await copyShow(app, showId);
		await buyers(showId, 5);
		await app.writeBehind.persist(showId);
		await goBack();
		const damaged = await position(showId);
		await app.recovery.recover(showId, damaged);
		await app.say(showId, 'w', 'sold 12');
		await app.writeBehind.persist(showId);
		const repaired = await position(showId);
		await other.recovery.recover(showId, damaged);
		expect(await position(showId)).toEqual(repaired);
		await app.say(showId, 'x', 'sold 12');
		await expectWhole(showId);
	});

	for (const [finder, look] of [
		['the next persisting', (showId: string) => app.writeBehind.persist(showId)],
		['another rebuild', (showId: string) => app.recovery.recover(showId, null)]
	] as const) {
		test(`a rebuild died before it committed, and a writer before it said what it wrote: ${finder} takes nothing for lost`, async () => {
			const showId = await app.show({ '12': 2 });
			await app.writeBehind.persist(showId);
			const cursor = await persistedPosition(app.db, showId);
			if (!cursor) throw new Error('no cursor');
			await buyers(showId, 4);
			const written = await readEvents(app.redis, showId, cursor.seq + 1, 1_000);
			expect(await writeBatch(app.db, showId, cursor, written)).toBe(true);
			await app.db
				.updateTable('shows')
				.set({ epoch: newEpoch() })
				.where('id', '=', showId)
				.execute();

			// The show goes on as it is in Redis: what is told now stays.
			await app.actions.setQuantity(showId, '12', 3, ACTOR);
			await buyers(showId, 1);
			const told = await holders(app, showId);
			expect([told.winners.length, told.waitlist.length]).toEqual([3, 2]);
			await look(showId);
			await expectWhole(showId);
			expect(await holders(app, showId)).toEqual(told);
		});
	}

	test('nor is a call that knows of the damage content with one under way that does not', async () => {
		const showId = await app.show({ '12': 2 });
		await app.writeBehind.persist(showId);
		const goBack = await copyShow(app, showId);
		await buyers(showId, 5);
		await goBack();
		const damaged = await position(showId);
		await Promise.all([app.recovery.recover(showId, null), app.recovery.recover(showId, damaged)]);
		expect((await position(showId)).epoch).not.toBe(damaged.epoch);
		await expectWhole(showId);
	});

	test('asked to rebuild a healthy show, nothing happens', async () => {
		const showId = await app.show({ '12': 2 });
		await buyers(showId, 5);
		const before = await position(showId);
		await app.recovery.recover(showId, null);
		expect(await position(showId)).toEqual(before);
		await expectWhole(showId);
	});

	test('a show that comes back while it is rebuilt is not replaced by one that knows less', async () => {
		const showId = await app.show({ '12': 2 });
		await app.writeBehind.persist(showId);
		await buyers(showId, 5);
		const before = await holders(app, showId);
		const comeBack = await copyShow(app, showId);
		await loseRedis(app);
		const commit = app.scripts.get('restore-commit');
		let away = true;
		const redis = new Proxy(app.redis, {
			get(target, name) {
				const value: unknown = Reflect.get(target, name);
				if (typeof value !== 'function') return value;
				return async (...args: unknown[]): Promise<unknown> => {
					if (away && name === 'evalsha' && args[0] === commit?.sha) {
						away = false;
						await comeBack();
					}
					const answer: unknown = await Reflect.apply(value, target, args);
					return answer;
				};
			}
		});
		const { db, scripts, logger } = app;
		const options = { db, redis, scripts, logger, endedShowTtlSeconds: 60 };
		const drain = (id: string) => app.writeBehind.persist(id);
		const retake = () => Promise.resolve();
		await new Recovery({ ...options, drain, retake }).recover(showId, null);
		expect(away).toBe(false);
		expect(await holders(app, showId)).toEqual(before);
		await expectWhole(showId);
	});

	test('a show that nobody knows can’t be rebuilt', async () => {
		for (const showId of [randomUUID(), 'no-uuid', randomUUID().toUpperCase()]) {
			await expect(app.recovery.recover(showId, null)).rejects.toMatchObject({
				code: 'SHOW_NOT_FOUND'
			});
			expect(await keysLike(app.redis, `*${showId}*`)).toEqual([]);
		}
	});
});

describe('persisting', () => {
	test('a writer that still holds events of an old epoch can’t commit them', async () => {
		const showId = await app.show({ '12': 2 });
		await app.writeBehind.persist(showId);
		const cursor = await persistedPosition(app.db, showId);
		if (!cursor) throw new Error('no cursor');
		await buyers(showId, 5);
		const lost = await readEvents(app.redis, showId, cursor.seq + 1, 1_000);
		await loseRedis(app);
		await app.say(showId, 'z', 'sold 12');
		expect(await writeBatch(app.db, showId, cursor, lost)).toBe(false);
		await expectWhole(showId);
		expect(await writeBatch(app.db, showId, cursor, lost)).toBe(false);
		await expectWhole(showId);
		expect(await holders(app, showId)).toEqual({ winners: ['z'], waitlist: [] });
	});

	test('a batch twice is written once', async () => {
		const showId = await app.show({ '12': 2 });
		await app.writeBehind.persist(showId);
		const cursor = await persistedPosition(app.db, showId);
		if (!cursor) throw new Error('no cursor');
		await buyers(showId, 5);
		const events = await readEvents(app.redis, showId, cursor.seq + 1, 1_000);
		const written = await Promise.all(
			[1, 2, 3].map(() => writeBatch(app.db, showId, cursor, events))
		);
		expect(written.toSorted()).toEqual([false, false, true]);
		expect((await rows(showId)).comments).toBe(5);
	});

	test('a writer killed between commit and mark: no event is doubled, the next one marks', async () => {
		const showId = await app.show({ '12': 2 });
		await app.writeBehind.persist(showId);
		const cursor = await persistedPosition(app.db, showId);
		if (!cursor) throw new Error('no cursor');
		await buyers(showId, 5);
		const events = await readEvents(app.redis, showId, cursor.seq + 1, 1_000);
		expect(await writeBatch(app.db, showId, cursor, events)).toBe(true);
		const { seq } = await position(showId);
		const marked = () => app.redis.hget(showKey(showId, 'meta'), 'persisted');
		expect(Number(await marked())).toBeLessThan(seq);
		expect(await app.writeBehind.persist(showId)).toBe(0);
		expect(Number(await marked())).toBe(seq);
		expect((await rows(showId)).events).toBe(seq);
		await expectWhole(showId);
	});

	test('the same at the end of a show, and nobody touches it any more: the sweep marks it', async () => {
		const showId = await app.show({ '12': 2 });
		await app.writeBehind.persist(showId);
		const cursor = await persistedPosition(app.db, showId);
		if (!cursor) throw new Error('no cursor');
		await app.actions.changeStatus(showId, 'ended', ACTOR);
		const events = await readEvents(app.redis, showId, cursor.seq + 1, 1_000);
		expect(await writeBatch(app.db, showId, cursor, events)).toBe(true);
		expect(await app.redis.ttl(showKey(showId, 'meta'))).toBe(-1);
		await sweepOnce();
		expect(await app.redis.ttl(showKey(showId, 'meta'))).toBeGreaterThan(0);
	});

	test('what was read ahead and Redis lost meanwhile is not written', async () => {
		const showId = await app.show({ '12': 2 });
		await buyers(showId, 600);
		const fallBack = await copyShow(app, showId);
		const { seq } = await position(showId);
		await buyers(showId, 200);
		// The first batch is read, the second one read ahead, and the write waits for this lock.
		const written = await app.db.transaction().execute(async (tx) => {
			await sql`select from shows where id = ${showId} for update`.execute(tx);
			const persisting = app.writeBehind.persist(showId);
			persisting.catch(() => undefined);
			await until('the write waits', async () => {
				const waiting = await sql`
					select from pg_locks join pg_stat_activity using (pid)
					where not granted and datname = current_database()
				`.execute(app.db);
				return waiting.rows.length > 0;
			});
			await fallBack();
			return () => persisting;
		});
		expect(await written()).toBe(seq);
		expect((await rows(showId)).events).toBe(seq);
		expect((await rows(showId)).comments).toBe(600);
	});

	test('by two processes at once, while comments come in: everything once', async () => {
		const other = await start();
		const showId = await app.show({ '12': 2 });
		let speaking = true;
		const speak = async (): Promise<void> => {
			for (let round = 0; round < 20; round++) await buyers(showId, 25);
			speaking = false;
		};
		const keep = async (process: AppContext): Promise<void> => {
			while (speaking) await process.writeBehind.persist(showId);
		};
		const { epoch } = await position(showId);
		await Promise.all([speak(), keep(app), keep(other)]);
		await expectWhole(showId);
		// A healthy show must not be taken for a damaged one.
		expect((await position(showId)).epoch).toBe(epoch);
		expect((await rows(showId)).comments).toBe(500);
	});

	test('of a show that never pauses comes to an end: other shows wait for the worker', async () => {
		const showId = await app.show({ '12': 2 });
		let speaking = true;
		const spoken = (async () => {
			while (speaking) await buyers(showId, 3);
		})();
		try {
			await sleep(50);
			for (let round = 0; round < 3; round++) {
				const { seq } = await position(showId);
				await app.writeBehind.persist(showId);
				expect((await persistedPosition(app.db, showId))?.seq).toBeGreaterThanOrEqual(seq);
			}
		} finally {
			speaking = false;
			await spoken;
		}
		await expectWhole(showId);
	});

	test('a batch never ends in the middle of a call: a show rebuilt from any of them is lawful', async () => {
		// Three events, then calls of two: a batch of 1,000 events would cut one in half.
		const showId = await app.show({ '12': 1, '7': 1 });
		for (let round = 0; round < 3; round++) await buyers(showId, 250);
		await persistUpTo(showId, 1_200);
		const persisted = (await persistedPosition(app.db, showId))?.seq ?? 0;
		expect(persisted).toBeGreaterThan(900);
		const [next] = await readEvents(app.redis, showId, persisted + 1, 1);
		expect(next?.type).toBe('comment.received');

		await loseRedis(app);
		await app.say(showId, 'z', 'hello');
		const { counters } = await liveState(app, showId);
		const { winners, waitlist } = await holders(app, showId);
		expect([winners.length, waitlist.length]).toEqual([counters.winner, counters.waitlist]);
		await expectWhole(showId);
	});

	test('a call with more events than a batch is persisted in one piece', async () => {
		const showId = await app.show({ '12': 0 });
		for (let round = 0; round < 5; round++) await buyers(showId, 500);
		await app.writeBehind.persist(showId);
		const { seq } = await position(showId);
		await app.actions.setQuantity(showId, '12', 2_400, ACTOR);
		await persistUpTo(showId, seq + 2_000);
		expect((await persistedPosition(app.db, showId))?.seq).toBe(seq);
		await expectWhole(showId);
	});

	test('a stream that lost what Postgres lacks ends in an error, not in an endless search', async () => {
		const showId = await app.show({ '12': 2 });
		await buyers(showId, 3);
		await app.redis.del(showKey(showId, 'events'));
		await expect(app.writeBehind.persist(showId)).rejects.toBeInstanceOf(SplitHistoryError);
	});

	test('one broken show does not keep the sweep from the others', async () => {
		const shows = [await app.show(), await app.show(), await app.show()];
		for (const showId of shows) await buyers(showId, 3);
		for (const showId of [shows[0], shows[2]]) await app.redis.del(showKey(showId ?? '', 'events'));
		await sweepOnce();
		await expectWhole(shows[1] ?? '');
		for (const showId of shows) await app.redis.del(showKey(showId, 'meta'));
	});

	/** Persists whole batches, until one holds an event beyond `seq` and fails. */
	async function persistUpTo(showId: string, seq: number): Promise<void> {
		const seal = sql`check (show_id <> ${sql.lit(showId)} or seq <= ${sql.lit(seq)})`;
		await sql`alter table events add constraint sealed ${seal}`.execute(app.db);
		try {
			await expect(app.writeBehind.persist(showId)).rejects.toThrow('sealed');
		} finally {
			await sql`alter table events drop constraint sealed`.execute(app.db);
		}
	}

	async function sweepOnce(): Promise<void> {
		const { db, redis, writeBehind, recovery, logger } = app;
		const sweep = new Sweep({ db, redis, writeBehind, recovery, logger });
		await sweep.run();
		await sweep.close();
	}
});

describe('Postgres is away', () => {
	test('claims go on, nothing is lost, and history catches up by itself', async () => {
		const proxy = await proxyTo(app.urls.database);
		const process = await start({ ROLE: 'all', DATABASE_URL: proxy.url });
		const showId = await app.show({ '12': 3 });
		const watcher = await watch(showId, process);
		await buyers(showId, 10, process);
		await app.settle(showId);

		proxy.cut();
		const startedAt = performance.now();
		const replies = await buyers(showId, 200, process);
		// None waits for Postgres: two hundred timeouts would take minutes.
		expect(performance.now() - startedAt).toBeLessThan(20_000);
		expect(replies.every(({ outcome }) => outcome === 'waitlist')).toBe(true);
		await process.actions.setQuantity(showId, '12', 5, ACTOR);
		const { seq } = await position(showId);
		await watcher.reaches(seq);
		await sleep(300);
		expect((await persistedPosition(app.db, showId))?.seq).toBeLessThan(seq);

		proxy.mend();
		expectAgreement(await app.settle(showId));
		expect((await rows(showId)).comments).toBe(210);
		await watcher.expectUpToDate(app);
		expect(watcher.snapshots).toBe(1);
	});

	test('a connection that breaks while it is held does not end the process', async () => {
		const proxy = await proxyTo(app.urls.database);
		const process = await start({ ROLE: 'web', DATABASE_URL: proxy.url });
		const uncaught: unknown[] = [];
		const onUncaught = (error: unknown): number => uncaught.push(error);
		globalThis.process.on('uncaughtException', onUncaught);
		await process.db.connection().execute(async (connection) => {
			await sql`select 1`.execute(connection);
			proxy.cut();
			await sleep(50);
			await expect(sql`select 1`.execute(connection)).rejects.toThrow();
		});
		globalThis.process.off('uncaughtException', onUncaught);
		expect(uncaught).toEqual([]);
		proxy.mend();
		await pingDatabase(process.db);
	});

	test('a process that has not seen the show yet takes its comments all the same', async () => {
		const proxy = await proxyTo(app.urls.database);
		const process = await start({ ROLE: 'web', DATABASE_URL: proxy.url });
		const showId = await app.show({ '12': 3 });
		proxy.cut();
		const [reply] = await buyers(showId, 1, process);
		expect(reply?.outcome).toBe('winner');
		await expectWhole(showId);
	});

	test('and Redis lost the show: refused until Postgres is back, then as if nothing had been', async () => {
		const proxy = await proxyTo(app.urls.database);
		const process = await start({ ROLE: 'web', DATABASE_URL: proxy.url });
		const showId = await app.show({ '12': 1 });
		await buyers(showId, 2, process);
		await app.writeBehind.persist(showId);
		await loseRedis(app);
		proxy.cut();
		const said = comment('late', 'sold 12');
		await expect(process.comments.take(showId, said)).rejects.toThrow();
		proxy.mend();
		expect(await process.comments.take(showId, said)).toMatchObject({ position: 2, replay: false });
		await expectWhole(showId);
	});
});

// The proxy stands before one server; a cluster tells its clients its own addresses. What a cluster does
// when a server of it is away is in failover.test.ts.
describe.skipIf(onCluster)('Redis can’t be reached for a while', () => {
	test('consoles miss nothing that happened meanwhile, and get nothing twice', async () => {
		const proxy = await proxyTo(app.urls.redis);
		const process = await start({ ROLE: 'web', REDIS_URL: proxy.url });
		const showId = await app.show({ '12': 3 });
		const watcher = await watch(showId, process);
		await buyers(showId, 20);
		proxy.cut();
		await buyers(showId, 200);
		await sleep(100);
		proxy.mend();
		await buyers(showId, 20);
		await watcher.expectUpToDate(app);
		expect(watcher.snapshots).toBe(1);
		const { seq } = await position(showId);
		const first = watcher.seqs[0] ?? 0;
		expect(watcher.seqs).toEqual(
			Array.from({ length: seq - first + 1 }, (_, index) => first + index)
		);
	});

	test('a comment that is delivered until it is taken counts once', async () => {
		const proxy = await proxyTo(app.urls.redis);
		const process = await start({ ROLE: 'web', REDIS_URL: proxy.url });
		const showId = await app.show({ '12': 100 });
		await buyers(showId, 1, process);
		const said = Array.from({ length: 60 }, (_, index) => comment(`once-${index}`, 'sold 12'));
		const deliver = async (one: IncomingComment): Promise<CommentReply> => {
			for (;;) {
				try {
					return await process.comments.take(showId, one);
				} catch {
					await sleep(20);
				}
			}
		};
		const delivered = Promise.all(said.map(deliver));
		for (let cut = 0; cut < 5; cut++) {
			proxy.cut();
			await sleep(10);
			proxy.mend();
			await sleep(40);
		}
		const replies = await delivered;
		expect(new Set(replies.map(({ seq }) => seq)).size).toBe(60);
		expect((await holders(app, showId)).winners).toHaveLength(61);
		await expectWhole(showId);
		expect((await rows(showId)).comments).toBe(61);
	});

	test('answers that get lost on the way: the comment counts once, and its first result is told', async () => {
		const proxy = await proxyTo(app.urls.redis);
		const process = await start({ ROLE: 'web', REDIS_URL: proxy.url });
		const showId = await app.show({ '12': 1 });
		await process.comments.take(showId, comment('before', 'hello'));
		proxy.mute();
		const said = comment('a', 'sold 12');
		const taken = process.comments.take(showId, said);
		taken.catch(() => undefined);
		await until('the claim', async () => (await holders(app, showId)).winners.length === 1);
		proxy.cut();
		proxy.mend();
		expect(await taken).toMatchObject({ outcome: 'winner' });
		expect(await holders(app, showId)).toEqual({ winners: ['a'], waitlist: [] });
		await expectWhole(showId);
	});

	test('answers of operators’ actions that get lost on the way: done once, and told as done', async () => {
		const proxy = await proxyTo(app.urls.redis);
		const process = await start({ ROLE: 'web', REDIS_URL: proxy.url });
		const showId = await app.show({ '12': 3 });
		await app.say(showId, 'a', 'sold 12');
		const { actions } = process;
		// A script that Redis does not know is sent again by its source: not what this is about.
		for (const { source } of app.scripts.values()) await app.redis.script('LOAD', source);
		await actions.editItem(showId, '12', 'before', ACTOR);
		const target = { item: '12', buyerKey: 'facebook:a' };
		const acts: readonly (() => Promise<unknown>)[] = [
			() => actions.award(showId, '12', person('b'), ACTOR),
			() => actions.reassign(showId, target, person('c'), ACTOR),
			() => actions.release(showId, { item: '12', buyerKey: 'facebook:c' }, ACTOR),
			() => actions.setQuantity(showId, '12', 4, ACTOR),
			() => actions.editItem(showId, '12', 'after', ACTOR),
			() => actions.addItem(showId, { number: '13', title: 'x', quantity: 1 }, ACTOR),
			() => actions.showItem(showId, '13', ACTOR),
			() => actions.removeItem(showId, '13', ACTOR),
			() => actions.changeStatus(showId, 'paused', ACTOR),
			() => actions.changeStatus(showId, 'ended', ACTOR),
			() => actions.reopen(showId, ACTOR)
		];
		for (const act of acts) {
			const { seq } = await position(showId);
			proxy.mute();
			const acted = act();
			acted.catch(() => undefined);
			await until('the action', async () => (await position(showId)).seq > seq);
			const done = (await position(showId)).seq;
			proxy.cut();
			proxy.mend();
			await acted;
			expect((await position(showId)).seq).toBe(done);
		}
		expect(await holders(app, showId)).toEqual({ winners: ['b'], waitlist: [] });
		await expectWhole(showId);
	});

	test('a console that opens a show meanwhile is told so within seconds', async () => {
		const proxy = await proxyTo(app.urls.redis);
		const process = await start({ ROLE: 'web', REDIS_URL: proxy.url });
		const showId = await app.show({ '12': 1 });
		proxy.cut();
		const startedAt = performance.now();
		await expect(process.live.snapshot(showId)).rejects.toThrow();
		expect(performance.now() - startedAt).toBeLessThan(30_000);
		proxy.mend();
		await until('a snapshot', async () => {
			const snapshot = await process.live.snapshot(showId).catch(() => null);
			return snapshot?.showId === showId;
		});
	});
});

describe('an ended show', () => {
	async function endedShow(): Promise<string> {
		const showId = await app.show({ '12': 2 });
		await buyers(showId, 5);
		await app.actions.changeStatus(showId, 'ended', ACTOR);
		await app.writeBehind.persist(showId);
		return showId;
	}

	async function lifetimes(showId: string): Promise<number[]> {
		const keys = SHOW_KEYS.map((key) => showKey(showId, key));
		const all = await Promise.all(keys.map((key) => app.redis.ttl(key)));
		return all.filter((seconds) => seconds !== -2);
	}

	test('expires once its history is safe, as a whole', async () => {
		const showId = await app.show({ '12': 2 });
		await buyers(showId, 5);
		await app.actions.changeStatus(showId, 'ended', ACTOR);
		expect(new Set(await lifetimes(showId))).toEqual(new Set([-1]));
		await app.writeBehind.persist(showId);
		const seconds = await lifetimes(showId);
		expect(seconds.length).toBeGreaterThan(4);
		for (const left of seconds) expect(left).toBeGreaterThan(86_000);
	});

	test('a show that runs does not expire', async () => {
		const showId = await app.show({ '12': 2 });
		await buyers(showId, 5);
		await app.writeBehind.persist(showId);
		expect(new Set(await lifetimes(showId))).toEqual(new Set([-1]));
	});

	test('can be viewed after its keys are gone, and expires again', async () => {
		const showId = await endedShow();
		const before = await liveState(app, showId);
		const seen = await app.live.snapshot(showId);
		await loseRedis(app);
		const fresh = await start();
		const snapshot = await fresh.live.snapshot(showId);
		expect(snapshot).toMatchObject({ seq: before.seq, status: 'ended', items: seen.items });
		expect(snapshot.comments).toEqual(seen.comments);
		expect(snapshot.feed).toEqual(seen.feed);
		expect(stateDigest(await liveState(app, showId))).toBe(stateDigest(before));
		for (const left of await lifetimes(showId)) expect(left).toBeGreaterThan(86_000);
		await expectRefusal(app, showId, 'SHOW_NOT_LIVE', () => app.say(showId, 'z', 'sold 12'));
	});

	test('that is reported on after its end is persisted, and its keys still expire', async () => {
		const showId = await endedShow();
		await app.channels.status(showId, {
			channelId: randomUUID(),
			platform: 'facebook',
			liveId: 'L',
			status: 'ended',
			reason: null,
			detail: null
		});
		await expectWhole(showId);
		for (const left of await lifetimes(showId)) expect(left).toBeGreaterThan(86_000);
	});
});

describe('the stream', () => {
	test('is trimmed below what Postgres has, and keeps a tail for consoles that resume', async () => {
		const keeper = await start({ ROLE: 'web', RESUME_TAIL_EVENTS: '100' });
		const showId = await app.show({ '12': 2 });
		for (let round = 0; round < 6; round++) await buyers(showId, 50);
		const { epoch, seq } = await position(showId);
		expect(await app.redis.xlen(showKey(showId, 'events'))).toBe(seq);
		await keeper.writeBehind.persist(showId);
		const left = await readEvents(app.redis, showId, 1, 10_000);
		expect(left.length).toBeLessThan(300);
		expect(left.length).toBeGreaterThanOrEqual(100);
		expect(left.at(-1)?.seq).toBe(seq);

		const fresh = await start();
		const before = new Watcher(fresh.live, showId);
		before.position = { epoch, seq: 5 };
		await before.connect();
		expect(before.snapshots).toBe(1);
		const within = new Watcher(fresh.live, showId);
		within.position = { epoch, seq: seq - 90 };
		await within.connect();
		expect(within.snapshots).toBe(0);
		expect(within.seqs).toEqual(Array.from({ length: 90 }, (_, index) => seq - 89 + index));
		await Promise.all([before.cut(), within.cut()]);
		await expectWhole(showId);
	});

	test('is never trimmed of what Postgres lacks', async () => {
		const keeper = await start({ ROLE: 'web', RESUME_TAIL_EVENTS: '100' });
		const showId = await app.show({ '12': 2 });
		for (let round = 0; round < 4; round++) {
			await buyers(showId, 100);
			const persisted = (await persistedPosition(app.db, showId))?.seq ?? 0;
			const held = await readEvents(app.redis, showId, 1, 10_000);
			expect(held[0]?.seq).toBeLessThanOrEqual(persisted + 1);
			await keeper.writeBehind.persist(showId);
		}
		await expectWhole(showId);
	});

	test('nor when more came in while Postgres wrote', async () => {
		const showId = await app.show({ '12': 2 });
		const cursor = await persistedPosition(app.db, showId);
		if (!cursor) throw new Error('no cursor');
		await buyers(showId, 100);
		const events = await readEvents(app.redis, showId, cursor.seq + 1, 1_000);
		expect(await writeBatch(app.db, showId, cursor, events)).toBe(true);
		const { epoch, seq } = await position(showId);
		await buyers(showId, 200);
		const mark = app.scripts.get('mark-persisted');
		if (!mark) throw new Error('no script');
		const rest = SHOW_KEYS.filter((key) => !['meta', 'events', 'live'].includes(key));
		const keys = ['meta' as const, 'events' as const, 'live' as const, ...rest];
		const names = keys.map((key) => showKey(showId, key));
		await runScript(app.redis, mark, names, [epoch, String(seq), '100', '60']);
		const held = await readEvents(app.redis, showId, 1, 10_000);
		expect(held[0]?.seq).toBeLessThanOrEqual(seq + 1);
		await expectWhole(showId);
	});

	test('a show with a trimmed stream is rebuilt like any other', async () => {
		const keeper = await start({ ROLE: 'web', RESUME_TAIL_EVENTS: '100' });
		const showId = await app.show({ '12': 2 });
		const first = comment('first', 'sold 12');
		await app.comments.take(showId, first);
		for (let round = 0; round < 4; round++) await buyers(showId, 100);
		await keeper.writeBehind.persist(showId);
		await loseRedis(app);
		expect(await app.comments.take(showId, first)).toMatchObject({
			replay: true,
			outcome: 'winner'
		});
		await expectWhole(showId);
	});
});

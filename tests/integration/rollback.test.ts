import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { AppContext } from '../../src/lib/server/context.ts';
import { AppError } from '../../src/lib/server/errors.ts';
import {
	persistedEvents,
	readNewestPersistedEvents
} from '../../src/lib/server/history/event-log.ts';
import { logsAside } from '../../src/lib/server/history/forked-log.ts';
import { readLiveLog } from '../../src/lib/server/history/live-log.ts';
import { retireShow } from '../../src/lib/server/history/retire-show.ts';
import type { CommentReply } from '../../src/lib/server/allocator/comment.ts';
import { Sweep } from '../../src/lib/server/jobs/sweep.ts';
import { LiveHub } from '../../src/lib/server/realtime/hub.ts';
import { connectRedis } from '../../src/lib/server/redis/connections.ts';
import type { RedisClient } from '../../src/lib/server/redis/run-script.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { Watcher, copyShow, expectAgreement, holders, liveState, until } from './probes.ts';
import { keysLike } from './redis-nodes.ts';

/*
 * A Redis that comes back in an older state (a failover, a crash between two fsyncs) and is written on by
 * a process that has not seen the newer one: epoch and seq then look healthy, but name other events than
 * those that are in Postgres and on consoles.
 */

/** `app` has seen everything; it keeps no history by itself: the tests say when something is persisted. */
let app: TestContext;
/** A process that has seen little of a show. */
let unaware: AppContext;
beforeAll(async () => {
	app = await createTestContext({ env: { ROLE: 'web' } });
	unaware = await app.another({ ROLE: 'web' });
});
afterAll(() => app.close());

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

let comments = 0;
async function claims(
	showId: string,
	count: number,
	process: AppContext = app
): Promise<CommentReply[]> {
	const replies: CommentReply[] = [];
	for (let index = 0; index < count; index++) {
		const id = `r${comments++}`;
		const author = { userId: id, userHandle: id };
		const place = { platform: 'facebook', liveId: 'L', commentId: id } as const;
		replies.push(await process.comments.take(showId, { ...place, ...author, text: 'sold 12' }));
	}
	return replies;
}

/** A show that `unaware` knows, and a way back to this moment. */
async function shownToBoth(): Promise<{ showId: string; goBack: () => Promise<void> }> {
	const showId = await app.show({ '12': 3 });
	await claims(showId, 2, unaware);
	return { showId, goBack: await copyShow(app, showId) };
}

/** The log that was put aside for this show has been taken in again. */
async function untilTakenIn(showId: string): Promise<void> {
	await until('what was put aside is taken in', async () => {
		return (await keysLike(app.redis, `*${showId}}:forked:*`)).length === 0;
	});
}

/** Log, Redis and Postgres agree, and the log has every seq once. */
async function expectWhole(showId: string): Promise<void> {
	expectAgreement(await app.settle(showId));
	const seqs: number[] = [];
	for await (const { seq } of persistedEvents(app.db, showId)) seqs.push(seq);
	expect(seqs).toEqual(seqs.map((_, index) => index + 1));
}

async function commentIds(showId: string): Promise<string[]> {
	const ids: string[] = [];
	for await (const event of persistedEvents(app.db, showId)) {
		if (event.type === 'comment.received') ids.push(event.data.commentId);
	}
	return ids;
}

for (const { more, where } of [
	{ more: 9, where: 'further than Postgres is' },
	{ more: 4, where: 'exactly as far as Postgres is' }
]) {
	test(`written on ${where}: the next persisting notices, and history stands`, async () => {
		const { showId, goBack } = await shownToBoth();
		await claims(showId, 4);
		await app.writeBehind.persist(showId);
		const persisted = await commentIds(showId);
		const before = await liveState(app, showId);
		await goBack();
		await claims(showId, more, unaware);
		expect((await readLiveLog(app.redis, showId))?.epoch).toBe(before.epoch);

		await app.writeBehind.persist(showId);
		await until('a rebuild', async () => (await liveState(app, showId)).epoch !== before.epoch);
		expect(await commentIds(showId)).toEqual(persisted);
		await claims(showId, 2, unaware);
		await claims(showId, 2);
		await untilTakenIn(showId);
		await app.writeBehind.persist(showId);
		await expectWhole(showId);
		const ids = await commentIds(showId);
		expect(ids.slice(0, persisted.length)).toEqual(persisted);
		expect(ids).toHaveLength(persisted.length + more + 4);
	});
}

test.each([
	['', false],
	[', also when the show was rebuilt once more before', true]
])('a log whose taker died is taken in by the sweep%s', async (_, again) => {
	const { showId, goBack } = await shownToBoth();
	await claims(showId, 4);
	await app.writeBehind.persist(showId);
	const persisted = await commentIds(showId);
	await goBack();
	await claims(showId, 9, unaware);
	const take = vi.spyOn(app.comments, 'take').mockRejectedValue(new AppError('UNAVAILABLE'));
	await app.writeBehind.persist(showId);
	await until('it was begun', () => Promise.resolve(take.mock.calls.length > 0));
	take.mockRestore();
	const { epoch } = await liveState(app, showId);
	if (again) {
		await retireShow(app.redis, app.scripts, showId, epoch);
		await app.recovery.recover(showId, null);
		expect((await liveState(app, showId)).epoch).not.toBe(epoch);
	}
	expect(await logsAside(app.redis, showId)).toEqual([epoch]);

	const { db, redis, writeBehind, recovery, logger } = app;
	const sweep = new Sweep({ db, redis, writeBehind, recovery, logger });
	await sweep.run();
	await sweep.run();
	await sweep.close();
	await untilTakenIn(showId);
	expect(await logsAside(app.redis, showId)).toEqual([]);
	await app.writeBehind.persist(showId);
	await expectWhole(showId);
	const ids = await commentIds(showId);
	expect(ids.slice(0, persisted.length)).toEqual(persisted);
	expect(ids).toHaveLength(persisted.length + 9);
});

test('what others were told meanwhile is taken in again: in its order, behind what history has', async () => {
	const { showId, goBack } = await shownToBoth();
	const before = await claims(showId, 4);
	await app.writeBehind.persist(showId);
	const persisted = await commentIds(showId);
	await goBack();
	const told = await claims(showId, 9, unaware);
	expect(told.map(({ at }) => at.epoch)).toEqual(told.map(() => before[0]?.at.epoch));
	await app.writeBehind.persist(showId);
	await until('a rebuild', async () => {
		return (await liveState(app, showId)).epoch !== before[0]?.at.epoch;
	});
	await untilTakenIn(showId);
	await app.writeBehind.persist(showId);
	await expectWhole(showId);
	const ids = await commentIds(showId);
	expect(ids.slice(0, 6)).toEqual(persisted);
	expect(ids.slice(6).map((id) => Number(id.slice(1)))).toEqual(
		ids.slice(6).map((_, index) => comments - 9 + index)
	);
	expect((await holders(app, showId)).waitlist).toEqual(ids.slice(3));
});

test('also when its state was taken out of use before anybody noticed', async () => {
	const { showId, goBack } = await shownToBoth();
	await claims(showId, 4);
	await app.writeBehind.persist(showId);
	const { epoch } = await liveState(app, showId);
	await goBack();
	const told = await claims(showId, 9, unaware);
	await retireShow(app.redis, app.scripts, showId, epoch);
	await app.recovery.recover(showId, null);
	await untilTakenIn(showId);
	await app.writeBehind.persist(showId);
	await expectWhole(showId);
	expect(await commentIds(showId)).toHaveLength(6 + told.length);
});

test('and written on without a pause: the rebuild comes in all the same', async () => {
	const { showId, goBack } = await shownToBoth();
	await claims(showId, 20);
	await app.writeBehind.persist(showId);
	const persisted = await commentIds(showId);
	const { epoch } = await liveState(app, showId);
	await goBack();
	let writing = true;
	const busy = (async () => {
		while (writing) await claims(showId, 1, unaware);
	})();
	await until('more than Postgres has', async () => {
		const live = await readLiveLog(app.redis, showId);
		return live !== null && live.seq > 60;
	});
	await app.writeBehind.persist(showId);
	await until('a rebuild', async () => (await liveState(app, showId)).epoch !== epoch);
	await sleep(20);
	writing = false;
	await busy;
	await untilTakenIn(showId);
	await app.writeBehind.persist(showId);
	await expectWhole(showId);
	expect((await commentIds(showId)).slice(0, persisted.length)).toEqual(persisted);
});

test('and so it does for what a process alone has seen, while others write without a pause', async () => {
	const { showId, goBack } = await shownToBoth();
	await app.writeBehind.persist(showId);
	const { epoch } = await liveState(app, showId);
	await claims(showId, 4);
	await goBack();
	await claims(showId, 1, unaware);
	let writing = true;
	const busy = (async () => {
		let count = 1;
		for (; writing; count++) await claims(showId, 1, unaware);
		return count;
	})();
	const own = await claims(showId, 5).finally(() => (writing = false));
	const others = await busy;
	expect(own[0]?.at.epoch).not.toBe(epoch);
	await app.writeBehind.persist(showId);
	await expectWhole(showId);
	expect(await commentIds(showId)).toHaveLength(2 + own.length + others);
});

test('a process whose connection broke asks before it goes on: nothing that it is told is lost', async () => {
	const { showId, goBack } = await shownToBoth();
	await claims(showId, 4);
	await app.writeBehind.persist(showId);
	await goBack();
	await breakConnections(unaware);
	const replies = await claims(showId, 3, unaware);
	await app.writeBehind.persist(showId);
	await expectWhole(showId);
	const ids = await commentIds(showId);
	expect(ids).toHaveLength(9);
	expect(replies.map(({ position }) => position)).toEqual([4, 5, 6]);
});

test('what a process has seen beyond Postgres counts after its connection broke, too', async () => {
	const { showId, goBack } = await shownToBoth();
	await app.writeBehind.persist(showId);
	const { epoch } = await liveState(app, showId);
	await claims(showId, 4);
	await goBack();
	await breakConnections(app);
	await claims(showId, 1);
	expect((await liveState(app, showId)).epoch).not.toBe(epoch);
	await app.writeBehind.persist(showId);
	await expectWhole(showId);
});

test('a console that saw what is gone gets the state anew', async () => {
	for (const more of [3, 4, 9]) {
		const { showId, goBack } = await shownToBoth();
		const watcher = await new Watcher(app.live, showId).connect();
		cleanups.push(() => watcher.cut());
		await claims(showId, 4);
		await watcher.expectUpToDate(app);
		await goBack();
		await claims(showId, more, unaware);
		await until('a snapshot', () => watcher.snapshots > 1);
		await watcher.expectUpToDate(app);
		await claims(showId, 2, unaware);
		await watcher.expectUpToDate(app);
		await app.writeBehind.persist(showId);
		await expectWhole(showId);
	}
});

test('and one that heard nothing of it, too', async () => {
	for (const more of [4, 9]) {
		const { showId, goBack } = await shownToBoth();
		const { live, subscriber } = hubOfItsOwn();
		const watcher = await new Watcher(live, showId).connect();
		cleanups.push(() => watcher.cut());
		await claims(showId, 4);
		await watcher.expectUpToDate(app);
		await goBack();
		// What is published while a server is away is gone.
		const heard = subscriber.listeners('smessage');
		subscriber.removeAllListeners('smessage');
		await claims(showId, more, unaware);
		for (const listener of heard) subscriber.on('smessage', (...args) => void listener(...args));
		await until('a snapshot', () => watcher.snapshots > 1);
		await watcher.expectUpToDate(app);
	}
});

test('and one that hears of what comes after it only: once its connection is a new one', async () => {
	const { showId, goBack } = await shownToBoth();
	const { live, subscriber } = hubOfItsOwn();
	const watcher = await new Watcher(live, showId).connect();
	cleanups.push(() => watcher.cut());
	await claims(showId, 4);
	await watcher.expectUpToDate(app);
	const { seq } = await liveState(app, showId);
	const heard = subscriber.listeners('smessage');
	subscriber.removeAllListeners('smessage');
	await goBack();
	while ((await liveState(app, showId)).seq < seq) await claims(showId, 1, unaware);
	for (const listener of heard) subscriber.on('smessage', (...args) => void listener(...args));
	subscriber.emit(subscriber instanceof Cluster ? '+node' : 'ready');
	// The next event goes on from where the console stands: no gap shows that it is another log.
	await claims(showId, 1, unaware);
	await until('a snapshot', () => watcher.snapshots > 1);
	await watcher.expectUpToDate(app);
	expect(watcher.seqs.length).toBeLessThan(3);
});

/** The consoles' side of a process, with the connection on which it hears of events. */
function hubOfItsOwn(): { readonly live: LiveHub; readonly subscriber: RedisClient } {
	const subscriber = connectRedis(app.config.redis, 'subscriber', () => undefined);
	const { redis, scripts, logger, db } = app;
	const live = new LiveHub({
		redis,
		subscriber,
		scripts,
		logger,
		recover: app.recovery.recover.bind(app.recovery),
		persistedEvents: (showId, toSeq, limit) => readNewestPersistedEvents(db, showId, toSeq, limit)
	});
	cleanups.push(async () => {
		live.close();
		subscriber.disconnect();
	});
	return { live, subscriber };
}

/** As a server's end does. */
async function breakConnections(process: AppContext): Promise<void> {
	const { redis } = process;
	const connections = redis instanceof Cluster ? redis.nodes() : [redis];
	for (const connection of connections) connection.disconnect(!(redis instanceof Cluster));
	await until('a connection', async () => (await redis.ping().catch(() => '')) === 'PONG');
}

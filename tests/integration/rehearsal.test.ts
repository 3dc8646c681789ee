import { Queue } from 'bullmq';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ShowSnapshot } from '../../src/lib/domain/live-show.ts';
import { createShow } from '../../src/lib/server/history/create-show.ts';
import { JOBS_PREFIX } from '../../src/lib/server/redis/keys.ts';
import { RehearsalPlayer } from '../../src/lib/server/rehearsal/player.ts';
import { loadRehearsal } from '../../src/lib/server/rehearsal/source.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';

let app: TestContext;
beforeAll(async () => {
	app = await createTestContext({ env: { ROLE: 'web' } });
});
afterAll(() => app.close());

/** Who got what and who waits, as the show ended. */
function result(snapshot: ShowSnapshot): unknown {
	return {
		status: snapshot.status,
		counters: snapshot.counters,
		items: snapshot.items.map((item) => ({
			number: item.number,
			quantity: item.quantity,
			winners: item.winners.map((claim) => claim.buyer.key),
			waitlist: item.waitlist.map((claim) => claim.buyer.key)
		}))
	};
}

async function newShow(): Promise<string> {
	return await createShow(app.db, {
		workspaceId: app.workspaceId,
		name: 'Rehearsal',
		claimWord: 'sold',
		passWord: 'pass',
		isRehearsal: true
	});
}

async function untilStatus(showId: string, status: string): Promise<void> {
	while ((await app.live.snapshot(showId)).status !== status) await sleep(50);
}

test('a worker that leaves in mid-show hands over: the result is that of an undisturbed show', async () => {
	const undisturbed = await newShow();
	await new RehearsalPlayer(undisturbed, {
		comments: app.comments,
		actions: app.actions,
		speed: 0
	}).play(await loadRehearsal({ kind: 'bundled' }));

	const showId = await newShow();
	const first = await app.another({ ROLE: 'worker' });
	await app.rehearsals.add({
		showId,
		source: { kind: 'bundled' },
		speed: 100,
		postedFrom: Date.now()
	});
	await untilStatus(showId, 'active');
	await sleep(1_500);
	await first.close();
	await app.another({ ROLE: 'worker' });
	await untilStatus(showId, 'ended');

	expect(result(await app.live.snapshot(showId))).toEqual(
		result(await app.live.snapshot(undisturbed))
	);
	expect(new Set(Object.values(await app.settle(showId))).size).toBe(1);
});

test('ending the show stops its rehearsal', async () => {
	const showId = await newShow();
	await app.rehearsals.add({
		showId,
		source: { kind: 'generated', comments: 500, items: 5, minutes: 10, buyers: 50, seed: 4 },
		speed: 10,
		postedFrom: Date.now()
	});
	await untilStatus(showId, 'active');
	await app.actions.changeStatus(showId, 'ended', 'user:test');
	const ended = await app.settle(showId);
	await sleep(500);
	expect(await app.settle(showId)).toEqual(ended);
});

test('of a show that was deleted nothing stays, the recording neither', async () => {
	await app.rehearsals.add({
		showId: crypto.randomUUID(),
		source: { kind: 'bundled' },
		speed: 100,
		postedFrom: Date.now()
	});
	const jobs = new Queue('rehearsals', { connection: app.redis, prefix: JOBS_PREFIX });
	// A job that failed would be tried again, and then kept.
	await app.another({ ROLE: 'worker' });
	await expect.poll(() => jobs.getJobCountByTypes(), { timeout: 60_000 }).toBe(0);
	await jobs.close();
});

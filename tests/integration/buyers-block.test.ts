import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CommentOutcome } from '../../src/lib/domain/events.ts';
import { readEvents } from '../../src/lib/server/allocator/event-stream.ts';
import { MAX_BLOCKED_BUYERS } from '../../src/lib/server/allocator/block-lists.ts';
import { readBlockList } from '../../src/lib/server/history/block-list.ts';
import { Recovery } from '../../src/lib/server/history/recovery.ts';
import { BuyerProfiles } from '../../src/lib/server/history/queries/buyer-profiles.ts';
import { WorkspaceScope } from '../../src/lib/server/history/queries/scope.ts';
import { SHOW_KEYS, STAGED_KEYS, showKey, stagingKey } from '../../src/lib/server/redis/keys.ts';
import { runScript } from '../../src/lib/server/redis/run-script.ts';
import { createTestContext, ACTOR } from './harness.ts';
import type { TestContext } from './harness.ts';
import { copyShow, expectAgreement, holders, liveState, loseRedis } from './probes.ts';

let app: TestContext;
beforeAll(async () => {
	app = await createTestContext();
});
afterAll(() => app.close());

const BAD = 'facebook:bad';
let profiles: BuyerProfiles;

/** Every test begins with nobody blocked, in a workspace that has met `bad`. */
beforeEach(async () => {
	profiles = new BuyerProfiles(app.db, new WorkspaceScope(app.db, app.workspaceId), ACTOR);
	const met = await app.show({ '1': 9 });
	for (const user of ['bad', 'good']) await app.say(met, user, 'sold 1');
	await app.settle(met);
	await app.db.deleteFrom('buyer_profiles').execute();
	await block();
	await block(false);
});

async function block(blocked = true, buyerKey = BAD): Promise<void> {
	await profiles.setBlocked(buyerKey, blocked);
	expect(await app.blocks.enforce(app.workspaceId)).toBe(true);
}

async function says(showId: string, text: string, user = 'bad'): Promise<CommentOutcome> {
	return (await app.say(showId, user, text)).outcome;
}

async function copyVersion(showId: string): Promise<number> {
	return Number(await app.redis.hget(showKey(showId, 'meta'), 'blockVersion'));
}

describe('a blocked buyer', () => {
	test('claims nothing from the moment that the block is in force, in every running show', async () => {
		const shows = [await app.show({ '12': 2 }), await app.show({ '12': 2 })];
		for (const showId of shows) expect(await says(showId, 'sold 12', 'good')).toBe('winner');
		await block();
		for (const showId of shows) {
			const seq = (await liveState(app, showId)).seq;
			const reply = await app.say(showId, 'bad', 'sold 12');
			expect(reply).toMatchObject({
				outcome: 'buyer_blocked',
				item: '12',
				claimId: null,
				position: null
			});
			const events = await readEvents(app.redis, showId, seq + 1, 10);
			expect(events).toHaveLength(1);
			expect(events[0]).toMatchObject({
				type: 'comment.received',
				data: { outcome: 'buyer_blocked', intent: 'claim', item: '12', claimId: null }
			});
			expect((await liveState(app, showId)).counters.buyer_blocked).toBe(1);
			expectAgreement(await app.settle(showId));
		}
	});

	test('is one buyer: others of the same name, and the same id elsewhere, claim', async () => {
		const showId = await app.show({ '12': 5 });
		await block();
		expect(await says(showId, 'sold 12', 'good')).toBe('winner');
		const elsewhere = await app.say(showId, 'bad', 'sold 12', { platform: 'instagram' });
		expect(elsewhere.outcome).toBe('winner');
		const named = await app.say(showId, 'other', 'sold 12', { userHandle: '@bad' });
		expect(named.outcome).toBe('winner');
	});

	test.each([
		['sold 12', 'buyer_blocked'],
		['sold 77', 'buyer_blocked'],
		['sold 13', 'buyer_blocked'],
		['pass 12', 'no_active_claim'],
		['hello', 'none']
	])('%j becomes %s', async (text, outcome) => {
		const showId = await app.show({ '12': 1, '13': 1 });
		await app.actions.closeItem(showId, '13', ACTOR);
		await block();
		expect(await says(showId, text)).toBe(outcome);
	});

	test('a paused show counts nobody, whoever it is', async () => {
		const showId = await app.show({ '12': 1 });
		await block();
		await app.actions.changeStatus(showId, 'paused', ACTOR);
		expect(await says(showId, 'sold 12')).toBe('not_counted');
	});

	test('keeps what they hold, may pass it on, and does not get it back', async () => {
		const showId = await app.show({ '12': 1, '13': 1 });
		expect(await says(showId, 'sold 12')).toBe('winner');
		expect(await says(showId, 'sold 13', 'good')).toBe('winner');
		expect(await says(showId, 'sold 13')).toBe('waitlist');
		expect(await says(showId, 'sold 12', 'good')).toBe('waitlist');
		await block();
		expect(await holders(app, showId)).toEqual({ winners: ['bad'], waitlist: ['good'] });
		expect(await says(showId, 'sold 12')).toBe('buyer_blocked');
		expect(await says(showId, 'pass 12')).toBe('pass');
		expect(await says(showId, 'sold 12')).toBe('buyer_blocked');
		expect(await holders(app, showId)).toEqual({ winners: ['good'], waitlist: [] });
		// Nobody waits while a unit is free: whoever waited already is promoted, blocked or not.
		expect(await says(showId, 'pass 13', 'good')).toBe('pass');
		expect(await holders(app, showId, '13')).toEqual({ winners: ['bad'], waitlist: [] });
		expectAgreement(await app.settle(showId));
	});

	test('may be given a unit by an operator all the same', async () => {
		const showId = await app.show({ '12': 1 });
		await block();
		const bad = {
			key: BAD,
			platform: 'facebook',
			userId: 'bad',
			handle: '@bad',
			displayName: null
		};
		await app.actions.award(showId, '12', bad, ACTOR);
		expect((await holders(app, showId)).winners).toEqual(['bad']);
	});

	test('claims again once unblocked; a repeated comment keeps its first result', async () => {
		const showId = await app.show({ '12': 1 });
		await block();
		const commentId = randomUUID();
		const first = await app.say(showId, 'bad', 'sold 12', { commentId });
		await block(false);
		const again = await app.say(showId, 'bad', 'sold 12', { commentId });
		expect(again).toMatchObject({ outcome: 'buyer_blocked', replay: true, seq: first.seq });
		expect(await says(showId, 'sold 12')).toBe('winner');
	});

	test('is every identity that the workspace has linked, before and after the block', async () => {
		const showId = await app.show({ '12': 9 });
		const ig = { platform: 'instagram' };
		await app.say(showId, 'bad2', 'sold 12', ig);
		await app.say(showId, 'bad3', 'sold 12', ig);
		await app.settle(showId);
		await profiles.link(BAD, 'instagram:bad2');
		await block();
		await app.actions.addItem(showId, { number: '14', title: 'Hat', quantity: 9 }, ACTOR);
		expect((await app.say(showId, 'bad2', 'sold 14', ig)).outcome).toBe('buyer_blocked');
		expect((await app.say(showId, 'bad3', 'sold 14', ig)).outcome).toBe('winner');
		expect(await profiles.link('instagram:bad3', BAD)).toBe(true);
		await app.blocks.enforce(app.workspaceId);
		expect((await app.say(showId, 'bad3', 'sold 12', ig)).outcome).toBe('buyer_blocked');
		// Whoever is taken out of a blocked person stays blocked until somebody decides otherwise.
		await profiles.unlink('instagram:bad3');
		await app.blocks.enforce(app.workspaceId);
		expect((await app.say(showId, 'bad3', 'sold 12', ig)).outcome).toBe('buyer_blocked');
		await block(false, 'instagram:bad3');
		expect((await app.say(showId, 'bad3', 'sold 12', ig)).outcome).not.toBe('buyer_blocked');
		expect((await app.say(showId, 'bad2', 'sold 14', ig)).outcome).toBe('buyer_blocked');
	});
});

describe('claims and a block at the same time', () => {
	test('those before the block count, those after it don’t, and no one in between does both', async () => {
		const showId = await app.show({ '12': 1 });
		let inForce = false;
		const blocking = block().then(() => {
			inForce = true;
		});
		const replies = [await app.say(showId, 'good', 'sold 12')];
		while (!inForce) {
			const claims = Array.from({ length: 20 }, () => app.say(showId, 'bad', 'sold 12'));
			replies.push(...(await Promise.all(claims)));
		}
		await blocking;
		replies.push(await app.say(showId, 'bad', 'sold 12'));
		const inOrder = replies.toSorted((a, b) => a.seq - b.seq).map(({ outcome }) => outcome);
		const first = inOrder.indexOf('buyer_blocked');
		expect(new Set(inOrder.slice(first))).toEqual(new Set(['buyer_blocked']));
		expect((await liveState(app, showId)).counters.buyer_blocked).toBe(inOrder.length - first);
		expectAgreement(await app.settle(showId));
	});

	test('of two changes, the later one stays, in whatever order they arrive', async () => {
		const showId = await app.show({ '12': 9 });
		await profiles.setBlocked(BAD, true);
		const older = await readBlockList(app.db, app.workspaceId);
		await profiles.setBlocked(BAD, false);
		const newer = await readBlockList(app.db, app.workspaceId);
		expect(newer.version).toBeGreaterThan(older.version);
		const script = app.scripts.get('block-buyers');
		if (!script) throw new Error('lua/block-buyers.lua does not exist');
		const keys = [showKey(showId, 'meta'), showKey(showId, 'blocked')];
		for (const list of [newer, older]) {
			const args = ['', '0', String(list.version), ...list.buyerKeys];
			expect(await runScript(app.redis, script, keys, args)).toHaveProperty('0', 'OK');
		}
		expect(await says(showId, 'sold 12')).toBe('winner');
	});

	test('many changes from several processes end the same in Postgres and in every show', async () => {
		const others = [await app.another(), await app.another()];
		const shows = [await app.show(), await app.show()];
		for (let round = 0; round < 5; round++) {
			await Promise.all(
				[app, ...others].map(async (process, index) => {
					const scope = new WorkspaceScope(process.db, app.workspaceId);
					const mine = new BuyerProfiles(process.db, scope, ACTOR);
					await mine.setBlocked(BAD, (round + index) % 2 === 0);
					await process.blocks.enforce(app.workspaceId);
				})
			);
			const list = await readBlockList(app.db, app.workspaceId);
			for (const showId of shows) {
				const copy = await app.redis.smembers(showKey(showId, 'blocked'));
				expect(copy.toSorted()).toEqual([...list.buyerKeys].toSorted());
				expect(await copyVersion(showId)).toBe(list.version);
			}
		}
	});
});

describe('the block survives', () => {
	test('the loss of Redis in mid-show', async () => {
		const showId = await app.show({ '12': 3 });
		await block();
		expect(await says(showId, 'sold 12')).toBe('buyer_blocked');
		await app.settle(showId);
		await loseRedis(app);
		expect(await says(showId, 'sold 12')).toBe('buyer_blocked');
		expect(await says(showId, 'sold 12', 'good')).toBe('winner');
		expect((await liveState(app, showId)).counters.buyer_blocked).toBe(2);
		expectAgreement(await app.settle(showId));
	});

	test('a loss before anybody was blocked: the block itself rebuilds the running show', async () => {
		const showId = await app.show({ '12': 3 });
		await app.settle(showId);
		await loseRedis(app);
		await block();
		expect(await says(showId, 'sold 12')).toBe('buyer_blocked');
	});

	test('a Redis that comes back in the state from before the block', async () => {
		const showId = await app.show({ '12': 3 });
		await says(showId, 'sold 12', 'good');
		await app.settle(showId);
		const bringBack = await copyShow(app, showId);
		await block();
		await bringBack();
		await app.blocks.heal();
		expect(await says(showId, 'sold 12')).toBe('buyer_blocked');
		expect(await app.blocks.heal()).toBe(0);
	});

	test('a process that dies between Postgres and Redis: the sweep brings it', async () => {
		const showId = await app.show({ '12': 3 });
		await profiles.setBlocked(BAD, true);
		expect(await app.redis.smembers(showKey(showId, 'blocked'))).toEqual([]);
		await app.blocks.heal();
		expect(await says(showId, 'sold 12')).toBe('buyer_blocked');
	});

	test('a show that starts later, one that waited as a draft, and one that is reopened', async () => {
		const draft = await app.show({ '12': 3 }, { activate: false });
		const over = await app.show({ '12': 3 });
		await app.actions.changeStatus(over, 'ended', ACTOR);
		await app.settle(over);
		await block();
		const later = await app.show({ '12': 3 });
		await app.actions.changeStatus(draft, 'activated', ACTOR);
		await app.actions.reopen(over, ACTOR);
		for (const showId of [draft, over, later]) {
			expect(await says(showId, 'sold 12')).toBe('buyer_blocked');
		}
	});

	test('an ended show’s copy goes with the show', async () => {
		const over = await app.show({ '12': 3 });
		await app.actions.changeStatus(over, 'ended', ACTOR);
		await app.settle(over);
		await block();
		const [show, copy] = await Promise.all(
			(['meta', 'blocked'] as const).map((key) => app.redis.pttl(showKey(over, key)))
		);
		expect(show).toBeGreaterThan(0);
		expect(copy).toBeGreaterThan(0);
		expect(copy).toBeLessThanOrEqual(show ?? 0);
	});

	test('a change that comes while the show is rebuilt, and finds no show to tell', async () => {
		const draft = await app.show({ '12': 3 }, { activate: false });
		await app.settle(draft);
		await loseRedis(app);
		const commit = app.scripts.get('restore-commit');
		const redis = new Proxy(app.redis, {
			get(target, name) {
				const value: unknown = Reflect.get(target, name);
				if (typeof value !== 'function') return value;
				return async (...args: unknown[]): Promise<unknown> => {
					if (name === 'evalsha' && args[0] === commit?.sha) await profiles.setBlocked(BAD, true);
					const answer: unknown = await Reflect.apply(value, target, args);
					return answer;
				};
			}
		});
		const { db, scripts, logger } = app;
		const options = { db, redis, scripts, logger, endedShowTtlSeconds: 60 };
		const idle = { drain: () => Promise.resolve(), retake: () => Promise.resolve() };
		await new Recovery({ ...options, ...idle }).recover(draft, null);
		expect(await app.redis.smembers(showKey(draft, 'blocked'))).toEqual([BAD]);
		expect((await readBlockList(db, app.workspaceId)).version).toBe(await copyVersion(draft));
	});

	test('a rebuild that read the list before it changed is not taken over a newer copy', async () => {
		const showId = await app.show({ '12': 3 });
		await block();
		const live = await liveState(app, showId);
		const commit = app.scripts.get('restore-commit');
		const stage = app.scripts.get('restore-stage');
		if (!commit || !stage) throw new Error('the scripts of the rebuild do not exist');
		const older = String((await copyVersion(showId)) - 1);
		const meta = ['status', 'active', 'epoch', 'zzz', 'seq', String(live.seq), 'persisted', '0'];
		const staged = [...meta, 'name', 'x', 'claimWord', 'sold', 'passWord', 'pass'];
		await runScript(
			app.redis,
			stage,
			[stagingKey(showId, 'zzz', 'meta')],
			[...['hash', '60', 'blockVersion', older, ...staged]]
		);
		const keys = [
			...STAGED_KEYS.map((key) => showKey(showId, key)),
			...(['events', 'live'] as const).map((key) => showKey(showId, key)),
			...STAGED_KEYS.map((key) => stagingKey(showId, 'zzz', key))
		];
		const args = [live.epoch, String(live.seq), 'zzz', '0', '8', '0', '0', '0', '0', '0', '0'];
		expect(await runScript(app.redis, commit, keys, args)).toHaveProperty('0', 'STALE_BLOCKS');
		expect(await says(showId, 'sold 12')).toBe('buyer_blocked');
		expect(await app.redis.exists(stagingKey(showId, 'zzz', 'meta'))).toBe(0);
	});
});

test('a long list: every one of its buyers is blocked, and its end is told', async () => {
	const showId = await app.show({ '12': 1 });
	const buyerKeys = Array.from({ length: MAX_BLOCKED_BUYERS }, (_, n) => `facebook:x${n}`);
	await profiles.setBlocked(BAD, true);
	const row = await app.db
		.selectFrom('buyer_identities')
		.select('profile_id')
		.where('workspace_id', '=', app.workspaceId)
		.where('buyer_key', '=', BAD)
		.executeTakeFirstOrThrow();
	for (let from = 0; from < buyerKeys.length - 1; from += 1_000) {
		await app.db
			.insertInto('buyer_identities')
			.values(
				buyerKeys.slice(from, Math.min(from + 1_000, buyerKeys.length - 1)).map((buyer_key) => ({
					workspace_id: app.workspaceId,
					buyer_key,
					profile_id: row.profile_id
				}))
			)
			.execute();
	}
	await profiles.setBlocked(BAD, false);
	await block();
	expect(await says(showId, 'sold 12', `x${MAX_BLOCKED_BUYERS - 2}`)).toBe('buyer_blocked');
	await loseRedis(app);
	expect(await says(showId, 'sold 12', `x${MAX_BLOCKED_BUYERS - 2}`)).toBe('buyer_blocked');
	await expect(profiles.setBlocked('facebook:good', true)).rejects.toMatchObject({
		code: 'BLOCK_LIST_FULL'
	});
	expect((await readBlockList(app.db, app.workspaceId)).buyerKeys).not.toContain('facebook:good');
});

test('another workspace is not touched: the same person claims there', async () => {
	const theirs = randomUUID();
	await app.db.insertInto('workspaces').values({ id: theirs, name: 'Theirs' }).execute();
	const showId = await app.show({ '12': 3 });
	await app.db
		.updateTable('shows')
		.set({ workspace_id: theirs })
		.where('id', '=', showId)
		.execute();
	await block();
	expect(await says(showId, 'sold 12')).toBe('winner');
	await app.settle(showId);
	await loseRedis(app);
	expect((await readBlockList(app.db, theirs)).buyerKeys).toEqual([]);
	await app.say(showId, 'bad', 'pass 12');
	expect(await says(showId, 'sold 12')).toBe('winner');
});

test('the block list is one of the keys of a show', () => {
	expect(SHOW_KEYS).toContain('blocked');
	expect(STAGED_KEYS).toContain('blocked');
});

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createShow } from '../../src/lib/server/history/create-show.ts';
import { showDigests } from '../../src/lib/server/history/digest.ts';
import { showKey } from '../../src/lib/server/redis/keys.ts';
import { ACTOR, createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { expectAgreement, liveState, until } from './probes.ts';
import { countKeys, emptyRedis, keysLike } from './redis-nodes.ts';

const EVENTS = 60_000;
/** Ten items are added, then the show is activated. */
const ITEMS = 10;
const SETUP = ITEMS + 1;
const UNITS = 20;
/** Comments that claim, each with the claim that it made; then people chat. */
const CLAIMS = 2_000;
const CHAT = EVENTS - SETUP - 2 * CLAIMS;

let app: TestContext;
beforeAll(async () => {
	app = await createTestContext({ env: { ROLE: 'web' } });
});
afterAll(() => app.close());

/**
 * A show as 60,000 events leave it: of each item 20 units are won and 180 buyers wait; the rest is
 * chat. Written by Postgres itself, which takes two seconds.
 */
async function largeShow(): Promise<string> {
	const { db } = app;
	const showId = await createShow(db, {
		workspaceId: app.workspaceId,
		name: 'Large',
		claimWord: 'sold',
		passWord: 'pass'
	});
	for (let number = 1; number <= ITEMS; number++) {
		const item = { number: String(number), title: `Item ${number}`, quantity: UNITS };
		await app.actions.addItem(showId, item, ACTOR);
	}
	await app.actions.changeStatus(showId, 'activated', ACTOR);
	await app.writeBehind.persist(showId);

	const claims = sql`(
		select n, 1 + n % ${ITEMS}::int as item, ${SETUP}::int + 2 * n - 1 as seq,
			md5(n::text || ${showId}::text)::uuid as claim_id, 'u' || n as buyer,
			case when place <= ${UNITS}::int then 'winner' else 'waitlist' end as outcome,
			case when place > ${UNITS}::int then place - ${UNITS}::int end as waiting
		from (select n, (n + ${ITEMS}::int - 1) / ${ITEMS}::int as place
			from generate_series(1, ${CLAIMS}::int) as n) as placed
	) as claim join items on items.show_id = ${showId}::uuid and items.number = claim.item`;
	const chat = sql`(
		select m, ${SETUP + 2 * CLAIMS}::int + m as seq from generate_series(1, ${CHAT}::int) as m
	) as chat`;
	const comment = sql`'platform', 'facebook', 'liveId', 'L', 'postedAt', null, 'displayName', null`;
	await sql`
		insert into events (show_id, seq, epoch, at, type, data)
		select ${showId}::uuid, claim.seq, 'bulk', now(), 'comment.received', jsonb_build_object(
			${comment}, 'commentId', 'bulk-' || n, 'userId', buyer, 'handle', buyer,
			'text', 'sold ' || item, 'intent', 'claim', 'item', item::text, 'outcome', outcome,
			'claimId', claim_id, 'position', waiting)
		from ${claims}
	`.execute(db);
	await sql`
		insert into events (show_id, seq, epoch, at, type, item_number, data)
		select ${showId}::uuid, claim.seq + 1, 'bulk', now(), 'claim.created', item, jsonb_build_object(
			'claimId', claim_id, 'itemId', items.id, 'item', item::text, 'state', outcome,
			'rank', claim.seq + 1, 'position', waiting,
			'buyer', jsonb_build_object('key', 'facebook:' || buyer, 'platform', 'facebook',
				'userId', buyer, 'handle', buyer, 'displayName', null),
			'cause', jsonb_build_object('kind', 'comment', 'commentKey', 'facebook:bulk-' || n))
		from ${claims}
	`.execute(db);
	await sql`
		insert into events (show_id, seq, epoch, at, type, data)
		select ${showId}::uuid, chat.seq, 'bulk', now(), 'comment.received', jsonb_build_object(
			${comment}, 'commentId', 'chat-' || m, 'userId', 'u' || m, 'handle', 'u' || m,
			'text', 'so pretty', 'intent', null, 'item', null, 'outcome', 'none', 'claimId', null,
			'position', null)
		from ${chat}
	`.execute(db);
	await sql`
		insert into comments (show_id, seq, platform, live_id, comment_id, user_id, handle, text,
			received_at, intent, item_number, outcome, claim_id, position)
		select ${showId}::uuid, claim.seq, 'facebook', 'L', 'bulk-' || n, buyer, buyer,
			'sold ' || item, now(), 'claim', item, outcome, claim_id, waiting
		from ${claims}
	`.execute(db);
	await sql`
		insert into comments (show_id, seq, platform, live_id, comment_id, user_id, handle, text,
			received_at, outcome)
		select ${showId}::uuid, chat.seq, 'facebook', 'L', 'chat-' || m, 'u' || m, 'u' || m,
			'so pretty', now(), 'none'
		from ${chat}
	`.execute(db);
	await sql`
		insert into claims (show_id, id, item_id, item_number, buyer_key, platform, user_id, handle,
			state, rank, created_seq, won_seq, claimed_at)
		select ${showId}::uuid, claim_id, items.id, item, 'facebook:' || buyer, 'facebook', buyer,
			buyer, outcome, claim.seq + 1, claim.seq + 1,
			case when waiting is null then claim.seq + 1 end, now()
		from ${claims}
	`.execute(db);
	await sql`
		update items set changed_seq = won.seq from (
			select item_number, max(won_seq) as seq from claims
			where show_id = ${showId}::uuid group by item_number
		) as won where items.show_id = ${showId}::uuid and items.number = won.item_number
	`.execute(db);
	await sql`
		update shows set last_seq = ${EVENTS}, epoch = 'bulk' where id = ${showId}::uuid
	`.execute(db);
	await emptyRedis(app.redis);
	return showId;
}

function collector(): () => void {
	setFlagsFromString('--expose-gc');
	const collect: unknown = runInNewContext('gc');
	if (typeof collect !== 'function') throw new Error('there is no collector');
	return () => collect();
}

test('60,000 events: the show is rebuilt whole, and memory does not grow with its comments', async () => {
	const showId = await largeShow();
	const collect = collector();
	collect();
	const before = process.memoryUsage().heapUsed;
	let most = before;
	let rebuilding = true;
	const watching = (async () => {
		while (rebuilding) {
			collect();
			most = Math.max(most, process.memoryUsage().heapUsed);
			await new Promise((resolve) => setTimeout(resolve, 25));
		}
	})();
	const startedAt = performance.now();
	const last = `chat-${CHAT}`;
	const reply = await app.say(showId, `u${CHAT}`, 'so pretty', { commentId: last });
	rebuilding = false;
	await watching;
	const seconds = (performance.now() - startedAt) / 1_000;
	const grown_mb = (most - before) / 1e6;
	console.log(`rebuilt in ${seconds.toFixed(1)} s, heap at most +${grown_mb.toFixed(1)} MB`);

	expect(reply).toMatchObject({ replay: true, outcome: 'none', seq: EVENTS });
	expect(grown_mb).toBeLessThan(10);
	expect(await app.redis.hlen(showKey(showId, 'comments'))).toBe(CLAIMS + CHAT);
	expect(await app.redis.zcard(showKey(showId, 'queue'))).toBe(CLAIMS - ITEMS * UNITS);
	expectAgreement(await showDigests(app.db, app.redis, app.scripts, showId));

	// Item 2 has the buyers 1, 11, 21, …
	expect(await app.say(showId, 'u1', 'pass 2')).toMatchObject({ outcome: 'pass', seq: EVENTS + 1 });
	const item = (await liveState(app, showId)).items.get('2');
	expect(item?.winners.at(-1)?.buyer.userId).toBe(`u${ITEMS * UNITS + 1}`);
	expect(item?.waitlist).toHaveLength(CLAIMS / ITEMS - UNITS - 1);
});

test('Redis dies again in the middle of a rebuild: the show is whole or not there, never in part', async () => {
	const showId = await largeShow();
	const touched = app.say(showId, 'u1', 'sold 2', { commentId: 'bulk-1' });
	touched.catch(() => undefined);
	// The rebuild has put aside items, claims, queue and some of the comments.
	await until('a part of the rebuild', async () => (await countKeys(app.redis)) >= 4);
	await emptyRedis(app.redis);
	expect(await touched).toMatchObject({ replay: true, outcome: 'winner', item: '2' });
	expect(await app.redis.hlen(showKey(showId, 'comments'))).toBe(CLAIMS + CHAT);
	expectAgreement(await showDigests(app.db, app.redis, app.scripts, showId));
	expect(await keysLike(app.redis, '*restore*')).toEqual([]);
});

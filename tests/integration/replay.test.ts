import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ShowEvent } from '../../src/lib/domain/events.ts';
import type { ShowSnapshot } from '../../src/lib/domain/live-show.ts';
import { whyText } from '../../src/lib/domain/why.ts';
import type { WhyStep } from '../../src/lib/domain/why.ts';
import type { Member } from '../../src/lib/server/auth/member.ts';
import { ReplayStates } from '../../src/lib/server/history/queries/replay-states.ts';
import { readPersistedEvents } from '../../src/lib/server/history/event-log.ts';
import { createCaller } from '../../src/lib/server/trpc/caller.ts';
import type { Api } from '../../src/lib/server/trpc/caller.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { watchDatabase } from './rows-read.ts';
import type { WatchedDb } from './rows-read.ts';

let app: TestContext;
let owner: Member;
let api: Api;

beforeAll(async () => {
	app = await createTestContext();
	owner = await app.auth.register(
		{ email: 'kim@example.com', password: 'correct horse', name: 'Kim', workspaceName: 'Kim’s' },
		{ address: '198.51.100.1' }
	);
	api = createCaller(app, owner);
});
afterAll(() => app.close());

/** A show in which everything happens that claims know of. Ended. */
async function eventfulShow(): Promise<string> {
	const { showId } = await api.shows.create({
		name: 'Friday sale',
		items: [
			{ number: '12', title: 'Linen dress', quantity: 2 },
			{ number: '7', title: 'Mug', quantity: 1 }
		]
	});
	await api.shows.activate({ showId });
	await api.items.setShowing({ showId, number: '12' });
	for (const user of ['ana', 'ben', 'cid', 'dan', 'eve']) await app.say(showId, user, 'sold 12');
	await app.say(showId, 'ana', 'sold 12');
	await app.say(showId, 'ana', 'hello');
	await app.say(showId, 'ana', 'pass 12');
	await api.shows.pause({ showId });
	await app.say(showId, 'fay', 'sold 7');
	await api.shows.resume({ showId });
	await app.say(showId, 'fay', 'sold 7');
	await app.say(showId, 'gus', 'sold 99');
	await api.items.close({ showId, number: '7' });
	await app.say(showId, 'gus', 'sold 7');
	await api.claims.release({ showId, item: '12', buyerKey: 'facebook:ben' });
	const { epoch, seq } = await api.items
		.setQuantity({ showId, number: '12', quantity: 3 })
		.then((done) => {
			if (!done) throw new Error('the quantity did not change');
			return done;
		});
	await api.claims.undo({ showId, epoch, seq });
	await api.items.edit({ showId, number: '7', title: 'Blue mug' });
	await api.shows.update({ showId, name: 'Saturday sale' });
	await api.shows.end({ showId });
	await app.settle(showId);
	return showId;
}

/** Who holds and who waits after each event, by a model that shares no code with the reducer. */
function allocationAfter(events: readonly ShowEvent[], seq: number): Record<string, string[][]> {
	const items: Record<string, { won: string[]; queue: { id: string; rank: number }[] }> = {};
	for (const event of events.filter((candidate) => candidate.seq <= seq)) {
		if (event.type === 'item.updated' && event.data.action === 'added') {
			items[event.data.item.number] = { won: [], queue: [] };
		}
		if (!('claimId' in event.data) || event.type === 'comment.received') continue;
		const { claimId, item } = event.data;
		const { won, queue } = items[item] ?? { won: [], queue: [] };
		const without = queue.filter(({ id }) => id !== claimId);
		if (event.type === 'claim.created' && event.data.state === 'winner') won.push(claimId);
		else if (event.type === 'claim.created') {
			const place = { id: claimId, rank: event.data.rank };
			items[item] = { won, queue: [...queue, place].sort((a, b) => a.rank - b.rank) };
		} else if (event.type === 'claim.promoted') {
			items[item] = { won: [...won, claimId], queue: without };
		} else items[item] = { won: won.filter((id) => id !== claimId), queue: without };
	}
	return Object.fromEntries(
		Object.entries(items).map(([number, { won, queue }]) => [
			number,
			[won, queue.map(({ id }) => id)]
		])
	);
}

function allocationOf(snapshot: ShowSnapshot): Record<string, string[][]> {
	return Object.fromEntries(
		snapshot.items.map(({ number, winners, waitlist }) => [
			number,
			[winners, waitlist].map((list) => list.map(({ claimId }) => claimId))
		])
	);
}

function said(why: { steps: readonly WhyStep[]; actors: Readonly<Record<string, string>> } | null) {
	const show = { time: () => 'T', actor: (id: string) => why?.actors[id] ?? id };
	return whyText(why?.steps ?? [], show).split('\n');
}

describe('a show that is over', () => {
	let showId: string;
	let events: ShowEvent[];
	beforeAll(async () => {
		showId = await eventfulShow();
		events = await readPersistedEvents(app.db, showId, 1, 1_000);
	});

	test('the state at every event is what an independent model makes of the log up to there', async () => {
		for (let seq = 0; seq <= events.length; seq++) {
			const snapshot = await api.replay.stateAt({ showId, seq });
			expect(snapshot.seq).toBe(seq);
			expect(allocationOf(snapshot), `event ${seq}`).toEqual(allocationAfter(events, seq));
			const comments = events.filter(
				(event) => event.type === 'comment.received' && event.seq <= seq
			);
			expect(snapshot.comments.map((comment) => comment.seq)).toEqual(comments.map((c) => c.seq));
		}
	});

	test('its end is the state that consoles showed last', async () => {
		const { persistedSeq: _, ...last } = await api.shows.snapshot({ showId });
		const { persistedSeq: __, ...replayed } = await api.replay.stateAt({ showId, seq: last.seq });
		expect(replayed).toEqual(last);
	});

	test('a moment after the end is the end', async () => {
		expect((await api.replay.stateAt({ showId, seq: 1e9 })).seq).toBe(events.length);
	});

	test('the overview marks the turns of the show, and says that nothing is missing', async () => {
		const overview = await api.replay.overview({ showId });
		expect(overview).toMatchObject({
			status: 'ended',
			startSeq: 3,
			lastSeq: events.length,
			missingEvents: 0,
			times: [events[0]?.at],
			lastAt: events.at(-1)?.at
		});
		const marks = overview.marks.map((mark) =>
			'item' in mark ? `${mark.kind} ${mark.item}` : mark.kind
		);
		expect(marks).toEqual([
			'started',
			'shown 12',
			'sold_out 12',
			'paused',
			'resumed',
			'sold_out 7',
			'ended'
		]);
	});

	test('the log comes in pieces', async () => {
		const piece = await api.replay.range({ showId, fromSeq: 5, limit: 3 });
		expect(piece.events).toEqual(events.slice(4, 7));
	});

	test('the digest of the log is that of the stored state, until somebody tampers with a row', async () => {
		const digest = await api.replay.digest({ showId });
		expect(digest).toEqual({ seq: events.length, log: expect.any(String), equal: true });
		expect(digest.log).toBe((await app.settle(showId)).events);
		await sql`update claims set rank = rank + 1 where show_id = ${showId}`.execute(app.db);
		expect((await api.replay.digest({ showId })).equal).toBe(false);
		await sql`update claims set rank = rank - 1 where show_id = ${showId}`.execute(app.db);
	});

	test('every claim has its reason', async () => {
		const { claims } = await api.claims.list({ showId });
		const { items } = await api.shows.snapshot({ showId });
		expect(claims.length).toBeGreaterThan(5);
		for (const claim of claims) {
			const why = await api.replay.why({ showId, claimId: claim.claimId });
			expect(why?.standing?.state).toBe(claim.state);
			expect(said(why).every((sentence) => sentence.length > 20)).toBe(true);
		}
		const dan = items[1]?.winners.find(({ buyer }) => buyer.userId === 'dan');
		const why = await api.replay.why({ showId, claimId: dan?.claimId ?? '' });
		expect(said(why)).toEqual([
			expect.stringMatching(
				/^@dan wrote “sold 12”\. It reached us at T, as number \d+ in the log\. All 2 units of item 12 were already taken, by @ana and @ben\. So it joined the queue at place 2/
			),
			'Kim released the unit of @ben at T. @dan was next in the queue of 2, so the unit went to them.'
		]);
	});

	test('every comment has its reason', async () => {
		const reasons: Record<string, string> = {};
		for (const event of events) {
			if (event.type !== 'comment.received') continue;
			const why = await api.replay.whyComment({ showId, seq: event.seq });
			reasons[event.data.outcome] = said(why).at(-1) ?? '';
		}
		expect(reasons).toMatchObject({
			none: expect.stringContaining('neither the claim word nor the pass word'),
			not_counted: expect.stringContaining('The show was paused, since T by Kim'),
			item_not_found: expect.stringContaining('There was no item 99 in the show then.'),
			item_closed: expect.stringContaining('Item 7 was closed, since T by Kim'),
			duplicate_buyer: expect.stringContaining('already held a unit of item 12, claimed at T'),
			pass: '@ana wrote “pass 12” at T and gave the unit up.'
		});
	});

	test('what is no claim or comment of the show has none', async () => {
		const other = await eventfulShow();
		const [foreign] = (await api.claims.list({ showId: other, limit: 1 })).claims;
		expect(await api.replay.why({ showId, claimId: foreign?.claimId ?? '' })).toBeNull();
		expect(await api.replay.whyComment({ showId, seq: 1 })).toBeNull();
		expect(await api.replay.whyComment({ showId, seq: 1e9 })).toBeNull();
	});
});

test('a running show says how many events its history lacks', async () => {
	const web = await app.another({ ROLE: 'web' });
	const { showId } = await api.shows.create({ name: 'Running' });
	await app.settle(showId);
	const behind = createCaller({ ...web, db: app.db }, owner);
	await api.shows.activate({ showId });
	await app.settle(showId);
	expect(await behind.replay.overview({ showId })).toMatchObject({
		status: 'active',
		lastSeq: 1,
		missingEvents: 0
	});
	// As if the write-behind had stopped here.
	await sql`update shows set last_seq = 0 where id = ${showId}`.execute(app.db);
	expect(await behind.replay.overview({ showId })).toMatchObject({ missingEvents: 1 });
});

describe('a show of 50,000 events', () => {
	const CHAT = 50_000;
	let showId: string;
	let watched: WatchedDb;
	const readerOf = (replays: ReplayStates): Api =>
		createCaller({ ...app, db: watched.db, replays }, owner);

	beforeAll(async () => {
		watched = watchDatabase(app.urls.database);
		showId = await eventfulShow();
		const { lastSeq } = await api.replay.overview({ showId });
		// Chat after the end, as no show has it; the log does not mind.
		await sql`
			insert into events (show_id, seq, epoch, at, type, data)
			select show_id, ${lastSeq}::int + n, epoch, at + n * interval '100 ms', 'comment.received',
				jsonb_build_object('platform', 'facebook', 'liveId', 'L', 'commentId', 'chat-' || n,
					'postedAt', null, 'userId', 'u' || n % 500, 'handle', 'u' || n % 500,
					'displayName', null, 'fromPage', false, 'text', 'so pretty', 'intent', null,
					'item', null, 'outcome', 'none', 'claimId', null, 'position', null)
			from events, generate_series(1, ${CHAT}::int) as n
			where show_id = ${showId}::uuid and seq = ${lastSeq}
		`.execute(app.db);
		await sql`
			insert into comments (show_id, seq, platform, live_id, comment_id, user_id, handle, text,
				received_at, outcome)
			select show_id, seq, 'facebook', 'L', data->>'commentId', data->>'userId', data->>'handle',
				data->>'text', at, 'none'
			from events where show_id = ${showId}::uuid and seq > ${lastSeq}
		`.execute(app.db);
		await sql`
			update shows set last_seq = ${lastSeq + CHAT}, comment_count = comment_count + ${CHAT}
			where id = ${showId}::uuid
		`.execute(app.db);
		await sql`analyze events, comments`.execute(app.db);
	});
	afterAll(() => watched.close());

	test('no moment of it is read from the beginning again, and none differs for that', async () => {
		const { lastSeq, times } = await api.replay.overview({ showId });
		expect(times).toHaveLength(Math.ceil(lastSeq / 1_000));
		const reader = readerOf(new ReplayStates(watched.db));
		const all = await watched.rowsRead('events', () =>
			reader.replay.stateAt({ showId, seq: lastSeq })
		);
		expect(all).toBeGreaterThanOrEqual(lastSeq);
		for (const seq of [lastSeq, 49_999, 25_000, 3, 12_345, 40_001]) {
			let snapshot: ShowSnapshot | undefined;
			const touched = await watched.rowsRead('events', async () => {
				snapshot = await reader.replay.stateAt({ showId, seq });
			});
			expect(touched, `event ${seq}`).toBeLessThanOrEqual(5_000);
			expect(watched.queries).toBeLessThanOrEqual(6);
			// A process that has seen nothing of the show yet folds all of it up to there.
			const expected = await readerOf(new ReplayStates(app.db)).replay.stateAt({ showId, seq });
			expect(snapshot).toEqual(expected);
			expect(snapshot?.seq).toBe(seq);
		}
	});

	test('a piece, a reason and the overview read what they show, not the log', async () => {
		const [claim] = (await api.claims.list({ showId, limit: 1 })).claims;
		const claimId = claim?.claimId ?? '';
		const reader = readerOf(new ReplayStates(watched.db));
		const reads: Record<string, () => Promise<unknown>> = {
			piece: () => reader.replay.range({ showId, fromSeq: 30_000, limit: 1_000 }),
			why: () => reader.replay.why({ showId, claimId }),
			'why of a comment': () => reader.replay.whyComment({ showId, seq: 30_000 }),
			overview: () => reader.replay.overview({ showId })
		};
		for (const [what, read] of Object.entries(reads)) {
			expect(await watched.rowsRead('events', read), what).toBeLessThanOrEqual(1_100);
			if (what === 'piece') continue;
			expect(await watched.rowsRead('comments', read), what).toBeLessThanOrEqual(100);
		}
	});
});

import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { canonicalState } from '../../src/lib/domain/canonical-state.ts';
import { parsePosition } from '../../src/lib/domain/events.ts';
import { fromSnapshot } from '../../src/lib/domain/live-show.ts';
import { applyEvent } from '../../src/lib/domain/reducer.ts';
import { createShowState } from '../../src/lib/domain/show-state.ts';
import { readEvents } from '../../src/lib/server/allocator/event-stream.ts';
import type { AppContext } from '../../src/lib/server/context.ts';
import { SlowSubscriberError } from '../../src/lib/server/realtime/hub-types.ts';
import type { LiveBatch } from '../../src/lib/server/realtime/hub-types.ts';
import { ACTOR, createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { Watcher, liveState, loseRedis, randomShowId, until } from './probes.ts';
import { masters } from './redis-nodes.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

let app: TestContext;
beforeAll(async () => {
	app = await createTestContext({ env: { ROLE: 'web' } });
});
afterAll(() => app.close());

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function start(): Promise<AppContext> {
	const process = await app.another({ ROLE: 'web' });
	cleanups.push(() => process.close());
	return process;
}

async function watch(showId: string, process: AppContext = app): Promise<Watcher> {
	const watcher = await new Watcher(process.live, showId).connect();
	cleanups.push(() => watcher.cut());
	return watcher;
}

/** Claims, passes and chatter of 40 viewers, `count` comments, five at a time. */
async function talk(
	showId: string,
	count: number,
	{ process = app, paceMs = 0 }: { process?: AppContext; paceMs?: number } = {}
): Promise<void> {
	const texts = ['sold 12', 'hello', 'pass 12', 'sold 7', '7 pass', 'sold 99'];
	for (let done = 0; done < count; done += 5) {
		await Promise.all(
			Array.from({ length: Math.min(5, count - done) }, (_, index) =>
				process.comments.take(showId, {
					platform: 'facebook',
					liveId: 'L',
					commentId: randomShowId(),
					userId: `u${(done * 7 + index * 3) % 40}`,
					userHandle: '@x',
					text: texts[(done + index) % texts.length] ?? ''
				})
			)
		);
		if (paceMs > 0) await sleep(paceMs);
	}
}

function range(from: number, to: number): number[] {
	return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

describe('a console that is cut off and resumes', () => {
	test(`at random moments, also through another process, misses nothing and gets nothing twice (SEED=${SEED})`, async () => {
		console.log(`live-feed: SEED=${SEED}`);
		let state = SEED;
		const random = (below: number): number => {
			state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
			return Math.floor((state / 2 ** 31) * below);
		};
		const other = await start();
		const showId = await app.show({ '12': 3, '7': 1 });
		const watcher = await watch(showId);
		const from = watcher.seq;

		let talking = true;
		let cuts = 0;
		const speak = async (): Promise<void> => {
			// On a starved machine a console takes longer to come back than the viewers to write.
			do await talk(showId, 600, { paceMs: 5 });
			while (cuts <= 10);
		};
		const talked = speak().finally(() => {
			talking = false;
		});
		talked.catch(() => undefined);
		while (talking) {
			await sleep(random(12));
			await watcher.cut();
			cuts++;
			if (random(3) === 0) await sleep(random(15));
			await watcher.connect(random(2) === 0 ? app.live : other.live);
		}
		await talked;
		await watcher.expectUpToDate(app);
		expect(cuts).toBeGreaterThan(10);
		expect(watcher.snapshots).toBe(1);
		const { seq } = await liveState(app, showId);
		expect(seq).toBeGreaterThan(600);
		expect(watcher.seqs).toEqual(range(from + 1, seq));
	});

	test('after the process was restarted, goes on where it was', async () => {
		const showId = await app.show({ '12': 3, '7': 1 });
		const first = await app.another({ ROLE: 'web' });
		const watcher = await new Watcher(first.live, showId).connect();
		const from = watcher.seq;
		await talk(showId, 100);
		await until('some events', () => watcher.seqs.length > 50);
		await watcher.cut();
		await first.close();
		await talk(showId, 300);

		const second = await start();
		await watcher.connect(second.live);
		await talk(showId, 50);
		await watcher.expectUpToDate(app);
		expect(watcher.snapshots).toBe(1);
		expect(watcher.seqs).toEqual(range(from + 1, watcher.seq));
		await watcher.cut();
	});

	test('to a process that has not heard of its last event yet gets it all the same', async () => {
		const showId = await app.show({ '12': 3, '7': 1 });
		const other = await start();
		// The other process watches, but its subscription is cut off from here on.
		await watch(showId, other);
		await killSubscribers(other);
		await talk(showId, 20);
		const watcher = await watch(showId);
		await watcher.cut();
		await watcher.connect(other.live);
		expect(watcher.snapshots).toBe(1);
		await talk(showId, 10);
		await watcher.expectUpToDate(app);
		expect(watcher.snapshots).toBe(1);
	});

	test('with an id of an old epoch gets a snapshot', async () => {
		const showId = await app.show({ '12': 3, '7': 1 });
		const watcher = await watch(showId);
		await talk(showId, 30);
		await watcher.expectUpToDate(app);
		await watcher.cut();
		await app.writeBehind.persist(showId);
		await loseRedis(app);
		await talk(showId, 30);
		// Until this process has heard of the rebuild it would go on, and send the snapshot a moment later.
		await until('the new epoch', async () => {
			return (await app.live.snapshot(showId)).epoch !== watcher.position?.epoch;
		});
		await watcher.connect();
		expect(watcher.snapshots).toBe(2);
		await watcher.expectUpToDate(app);
	});

	test('with an id of the future gets a snapshot', async () => {
		const showId = await app.show();
		const { epoch } = await liveState(app, showId);
		const watcher = new Watcher(app.live, showId);
		watcher.position = { epoch, seq: 1_000_000 };
		await watcher.connect();
		expect(watcher.snapshots).toBe(1);
		await watcher.cut();
	});

	test('with nothing missed gets an answer at once', async () => {
		const showId = await app.show();
		const watcher = await watch(showId);
		let fastest = Infinity;
		for (let attempt = 0; attempt < 20 && fastest >= 900; attempt++) {
			await watcher.cut();
			const startedAt = performance.now();
			await watcher.connect();
			fastest = Math.min(fastest, performance.now() - startedAt);
		}
		// Not after the second of silence that a quiet show gives.
		expect(fastest).toBeLessThan(900);
		expect([watcher.snapshots, watcher.seqs.length]).toEqual([1, 0]);
	});
});

describe('a snapshot', () => {
	test('is the fold of the log up to its seq, while comments come in', async () => {
		const other = await start();
		const showId = await app.show({ '12': 3, '7': 1 });
		const snapshots: Awaited<ReturnType<typeof app.live.snapshot>>[] = [];
		let talking = true;
		const talked = Promise.all([
			talk(showId, 300, { paceMs: 5 }),
			talk(showId, 300, { process: other, paceMs: 5 })
		]).finally(() => {
			talking = false;
		});
		talked.catch(() => undefined);
		while (talking) {
			snapshots.push(await app.live.snapshot(showId), await other.live.snapshot(showId));
			await sleep(5);
		}
		await talked;
		const log = await readEvents(app.redis, showId, 1, 10_000);
		const state = createShowState(showId, log[0]?.epoch ?? '', {
			name: 'Test show',
			claimWord: 'sold',
			passWord: 'pass'
		});
		snapshots.sort((a, b) => a.seq - b.seq);
		expect(new Set(snapshots.map(({ seq }) => seq)).size).toBeGreaterThan(5);
		for (const snapshot of snapshots) {
			for (const event of log.slice(state.seq, snapshot.seq)) applyEvent(state, event);
			expect(canonicalState(fromSnapshot(snapshot, 400).state)).toBe(canonicalState(state));
		}
	});

	test('holds what was done before it was asked for, here or through another process', async () => {
		const other = await start();
		const showId = await app.show();
		await watch(showId);
		for (let round = 0; round < 100; round++) {
			const settings = { name: `Name ${round}`, claimWord: 'sold', passWord: 'pass' };
			await (round % 2 ? app : other).actions.editShow(showId, settings, ACTOR);
			expect((await app.live.snapshot(showId)).settings).toEqual(settings);
		}
	});

	test('of a show that nobody knows is refused, and the next reader is not stuck with it', async () => {
		const showId = randomShowId();
		for (let attempt = 0; attempt < 2; attempt++) {
			await expect(app.live.snapshot(showId)).rejects.toMatchObject({ code: 'SHOW_NOT_FOUND' });
		}
		expect(app.live.load.subscribers).toBe(0);
	});

	test('joined with the events after it is complete: nothing falls in between', async () => {
		const showId = await app.show({ '12': 3, '7': 1 });
		const talked = talk(showId, 400, { paceMs: 3 });
		talked.catch(() => undefined);
		const watchers: Watcher[] = [];
		for (let joined = 0; joined < 15; joined++) {
			watchers.push(await watch(showId));
			await sleep(5);
		}
		await talked;
		for (const watcher of watchers) {
			await watcher.expectUpToDate(app);
			expect(watcher.seqs).toEqual(range(watcher.seqs[0] ?? watcher.seq + 1, watcher.seq));
		}
	});
});

describe('many consoles', () => {
	test('of one process share each message', async () => {
		const showId = await app.show({ '12': 3, '7': 1 });
		const stop = new AbortController();
		const received = await Promise.all(
			Array.from({ length: 20 }, async () => {
				const batches: LiveBatch[] = [];
				const reader = app.live.subscribe(showId, { resumeFrom: null, signal: stop.signal });
				const reading = (async () => {
					for await (const batch of reader) batches.push(batch);
				})();
				await until('the snapshot', () => batches.length > 0);
				return { batches, reading };
			})
		);
		expect(app.live.load.subscribers).toBeGreaterThanOrEqual(20);
		await talk(showId, 50);
		const { seq } = await liveState(app, showId);
		await until('everything at every console', () =>
			received.every(({ batches }) => (parsePosition(batches.at(-1)?.id ?? '')?.seq ?? 0) >= seq)
		);
		const [first] = received;
		for (const { batches } of received) {
			expect(batches.slice(1)).toEqual(first?.batches.slice(1));
			for (const [index, batch] of batches.slice(1).entries()) {
				expect(batch.message).toBe(first?.batches[index + 1]?.message);
			}
		}
		stop.abort();
		await Promise.all(received.map(({ reading }) => reading));
	});

	test('that watch two shows get the events of their own only', async () => {
		const [one, two] = [await app.show(), await app.show({ '7': 2 })];
		const [first, second] = [await watch(one), await watch(two)];
		await Promise.all([talk(one, 60), talk(two, 60)]);
		await first.expectUpToDate(app);
		await second.expectUpToDate(app);
		const epochs = await Promise.all(
			[one, two].map(async (id) => (await liveState(app, id)).epoch)
		);
		expect(new Set(first.events.map(({ epoch }) => epoch))).toEqual(new Set([epochs[0]]));
		expect(new Set(second.events.map(({ epoch }) => epoch))).toEqual(new Set([epochs[1]]));
		expect([first.snapshots, second.snapshots]).toEqual([1, 1]);
	});

	test('one that does not read is cut, and slows nobody', async () => {
		const showId = await app.show({ '12': 3, '7': 1 });
		const quick = await watch(showId);
		const slow = app.live.subscribe(showId, {
			resumeFrom: null,
			signal: new AbortController().signal
		});
		const first = await slow.next();
		const position = first.value?.id ?? '';

		// More messages than a queue holds: each event alone, as in a show that is calm.
		for (let round = 0; round < 300; round++) {
			const { seq } = await app.say(showId, `slow-${round}`, 'hello');
			await quick.reaches(seq);
		}
		const drained = (async () => {
			for (;;) await slow.next();
		})();
		await expect(drained).rejects.toBeInstanceOf(SlowSubscriberError);
		await quick.expectUpToDate(app);
		expect(quick.snapshots).toBe(1);
		expect(quick.seqs).toHaveLength(300);

		// It resumes from what it got and has everything.
		const [epoch = '', seq = '0'] = position.split(':');
		const again = new Watcher(app.live, showId);
		again.position = { epoch, seq: Number(seq) };
		await again.connect();
		await again.reaches(quick.seq);
		expect(again.snapshots).toBe(0);
		expect(again.seqs).toHaveLength(300);
		await again.cut();
	});

	test('that all hang up leave nobody behind', async () => {
		const process = await start();
		const showId = await app.show();
		const watchers = await Promise.all(
			Array.from({ length: 10 }, () => new Watcher(process.live, showId).connect())
		);
		expect(process.live.load).toMatchObject({ shows: 1, subscribers: 10 });
		await Promise.all(watchers.map((watcher) => watcher.cut()));
		expect(process.live.load.subscribers).toBe(0);
	});
});

describe('messages', () => {
	test('hold at most 100 events, each message in order after the one before', async () => {
		const showId = await app.show({ '12': 3 });
		for (let index = 0; index < 1_500; index += 250) {
			await Promise.all(
				Array.from({ length: 250 }, (_, other) => app.say(showId, `m${index + other}`, 'sold 12'))
			);
		}
		const { epoch, seq } = await liveState(app, showId);
		const process = await start();
		const sizes: number[] = [];
		let last = seq - 1_500;
		const stop = new AbortController();
		const resumeFrom = { epoch, seq: last };
		for await (const { id, message } of process.live.subscribe(showId, {
			resumeFrom,
			signal: stop.signal
		})) {
			if (message.kind !== 'events') throw new Error('a snapshot');
			sizes.push(message.events.length);
			for (const event of message.events) expect(event.seq).toBe(++last);
			expect(parsePosition(id)).toMatchObject({ epoch, seq: last });
			if (last === seq) stop.abort();
		}
		expect(sizes).toEqual(Array.from({ length: 15 }, () => 100));
	});

	test('come at once when the show is calm', async () => {
		const showId = await app.show();
		const watcher = await watch(showId);
		const waits: number[] = [];
		for (let index = 0; index < 20; index++) {
			await sleep(30);
			const { seq } = await app.say(showId, `calm-${index}`, 'hello');
			const startedAt = performance.now();
			await until('the event', () => watcher.seq >= seq);
			waits.push(performance.now() - startedAt);
		}
		const median = waits.toSorted((a, b) => a - b)[10] ?? Infinity;
		// Without publishing they would come after a second of silence.
		expect(median).toBeLessThan(900);
	});

	test('tell how far history has the log', async () => {
		const showId = await app.show();
		const watcher = await watch(showId);
		await talk(showId, 10);
		await app.writeBehind.persist(showId);
		const { seq } = await liveState(app, showId);
		await until('the note', async () => (await app.live.snapshot(showId)).persistedSeq === seq);
		await talk(showId, 1);
		await watcher.expectUpToDate(app);
	});
});

/** Cuts the connections of a process on which it hears of events, as a network would. */
async function killSubscribers(process: AppContext): Promise<void> {
	const database = /\/(\d+)$/.exec(process.config.redis.url)?.[1] ?? '0';
	let found: { node: Redis; id: string }[] = [];
	await until('a subscription', async () => {
		const lists = (await masters(app.redis)).map(async (node) =>
			String(await node.client('LIST', 'TYPE', 'PUBSUB'))
				.split('\n')
				.filter((line) => line.includes(` db=${database} `))
				.map((line) => ({ node, id: /(?:^| )id=(\d+)/.exec(line)?.[1] ?? '' }))
		);
		found = (await Promise.all(lists)).flat();
		return found.length > 0;
	});
	for (const { node, id } of found) await node.client('KILL', 'ID', id);
}

describe('a process whose subscription is cut', () => {
	test('heals within seconds, and its consoles miss nothing', async () => {
		const process = await start();
		const showId = await app.show({ '12': 3, '7': 1 });
		const watcher = await watch(showId, process);
		const from = watcher.seq;
		await talk(showId, 20);
		for (let round = 0; round < 3; round++) {
			await killSubscribers(process);
			await talk(showId, 20);
		}
		const startedAt = performance.now();
		await watcher.expectUpToDate(app);
		expect(performance.now() - startedAt).toBeLessThan(20_000);
		expect(watcher.snapshots).toBe(1);
		expect(watcher.seqs).toEqual(range(from + 1, watcher.seq));
		await talk(showId, 5);
		await watcher.expectUpToDate(app);
	});
});

test('an operator’s action reaches a console of another process', async () => {
	const process = await start();
	const showId = await app.show({ '12': 1 });
	const watcher = await watch(showId, process);
	await app.say(showId, 'a', 'sold 12');
	await app.say(showId, 'b', 'sold 12');
	await app.actions.release(showId, { item: '12', buyerKey: 'facebook:a' }, ACTOR);
	await watcher.expectUpToDate(app);
	const winners = watcher.show?.state.items.get('12')?.winners;
	expect(winners?.map(({ buyer }) => buyer.userId)).toEqual(['b']);
});

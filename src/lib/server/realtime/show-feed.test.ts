import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ShowLog, item } from '../../../../tests/fixtures/show-log.ts';
import { canonicalState } from '../../domain/canonical-state.ts';
import { parsePosition } from '../../domain/events.ts';
import type { LogPosition, ReaderPosition, ShowEvent } from '../../domain/events.ts';
import { fromSnapshot } from '../../domain/live-show.ts';
import type { LiveMessage } from '../../domain/live-show.ts';
import { applyEvent } from '../../domain/reducer.ts';
import { createShowState } from '../../domain/show-state.ts';
import type { ShowState } from '../../domain/show-state.ts';
import { createLogger } from '../observability/logger.ts';
import { BatchQueue, MAX_QUEUED_BATCHES } from './batch-queue.ts';
import { SlowSubscriberError } from './hub-types.ts';
import type { LiveBatch } from './hub-types.ts';
import { ShowFeed } from './show-feed.ts';
import type { FeedSource } from './show-feed.ts';

const logger = createLogger('silent');
const settings = { name: 'Saturday sale', claimWord: 'sold', passWord: 'pass' };

/** A Redis that holds one show: its whole log, of which the stream has the part above `trimmedTo`. */
class FakeRedis implements FeedSource {
	log = new ShowLog();
	/** State before the log: what a rebuild put there. */
	base: ShowState = createShowState('show-1', 'e1', settings);
	trimmedTo = 0;
	persistedSeq = 0;
	away = false;
	readonly asked = { load: 0, position: 0, read: 0, listen: 0 };
	readonly rebuilds: LogPosition[] = [];

	state(): ShowState {
		const state = structuredClone(this.base);
		for (const event of this.log.events) applyEvent(state, event);
		return state;
	}

	load(): ReturnType<FeedSource['load']> {
		this.asked.load++;
		return this.#answer({ state: this.state(), persistedSeq: this.persistedSeq });
	}

	position(): ReturnType<FeedSource['position']> {
		this.asked.position++;
		const { epoch, seq } = this.log;
		return this.#answer({ epoch, seq, persistedSeq: this.persistedSeq });
	}

	read(fromSeq: number, limit: number): Promise<ShowEvent[]> {
		this.asked.read++;
		const from = Math.max(fromSeq, this.trimmedTo + 1);
		return this.#answer(this.log.events.filter(({ seq }) => seq >= from).slice(0, limit));
	}

	recent(toSeq: number, limit: number): Promise<ShowEvent[]> {
		return this.#answer(this.log.events.filter(({ seq }) => seq <= toSeq).slice(-limit));
	}

	listen(): Promise<void> {
		this.asked.listen++;
		return this.#answer(undefined);
	}

	/** As the recovery does: the same facts under another epoch. */
	rebuild(damaged: LogPosition): Promise<void> {
		this.rebuilds.push(damaged);
		this.reset('e2');
		return this.#answer(undefined);
	}

	/** The show was rebuilt: its stream is empty, its epoch new. */
	reset(epoch: string): void {
		this.base = { ...this.state(), epoch };
		this.log = new ShowLog(epoch, this.base.seq);
	}

	async #answer<Value>(value: Value): Promise<Value> {
		// Not before the next turn, as a real server.
		await new Promise((resolve) => setTimeout(resolve, 1));
		if (this.away) throw new Error('Connection is closed.');
		return value;
	}
}

/** Reads everything its queue gets, folds it, and remembers the messages. */
class Console {
	readonly queue = new BatchQueue();
	readonly batches: LiveBatch[] = [];
	readonly #stop = new AbortController();
	readonly ended: Promise<void>;

	constructor() {
		this.ended = this.#read();
		this.ended.catch(() => undefined);
	}

	get messages(): LiveMessage[] {
		return this.batches.map(({ message }) => message);
	}

	/** Seqs as they came; a snapshot counts as the string `s<seq>`. */
	get seqs(): (number | string)[] {
		return this.messages.flatMap<number | string>((message) =>
			message.kind === 'snapshot'
				? [`s${message.snapshot.seq}`]
				: message.events.map(({ seq }) => seq)
		);
	}

	stop(): void {
		this.#stop.abort();
	}

	async #read(): Promise<void> {
		for await (const batch of this.queue.read(this.#stop.signal)) this.batches.push(batch);
	}
}

let redis: FakeRedis;
let feed: ShowFeed;
const consoles: Console[] = [];

beforeEach(() => {
	vi.useFakeTimers({
		toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance']
	});
	redis = new FakeRedis();
	redis.log.item('added', item('12', 2));
	feed = new ShowFeed('show-1', redis, logger);
});

afterEach(() => {
	feed.stop();
	for (const console of consoles.splice(0)) console.stop();
	vi.useRealTimers();
});

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

async function finish<Value>(work: Promise<Value>): Promise<Value> {
	await pass(50);
	return await work;
}

async function attach(resumeFrom: ReaderPosition | null = null): Promise<Console> {
	const console = new Console();
	consoles.push(console);
	await finish(feed.attach(console.queue, resumeFrom));
	return console;
}

/** Appends comments and publishes them, one message each. */
function say(count: number): void {
	for (let index = 0; index < count; index++) feed.receive([redis.log.comment('a')]);
}

/** Appends comments that nobody hears of. */
function mumble(count: number): void {
	for (let index = 0; index < count; index++) redis.log.comment('a');
}

function range(from: number, to: number): number[] {
	return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

describe('a subscriber', () => {
	beforeEach(async () => {
		await finish(feed.start());
	});

	test('gets a snapshot first, at once, with its position as id', async () => {
		say(3);
		const console = await attach();
		expect(console.seqs).toEqual(['s4']);
		expect(console.batches[0]?.id).toBe(`e1:4:${redis.log.events[3]?.at}`);
	});

	test('gets every event after it, once and in order', async () => {
		const console = await attach();
		say(5);
		await pass(100);
		say(5);
		await pass(100);
		expect(console.seqs).toEqual(['s1', ...range(2, 11)]);
		expect(console.batches.at(-1)?.id).toBe(`e1:11:${redis.log.events.at(-1)?.at}`);
	});

	test('loses nothing that is published while it is being attached', async () => {
		const console = new Console();
		consoles.push(console);
		const attached = feed.attach(console.queue, null);
		say(1);
		await finish(attached);
		say(1);
		await pass(100);
		expect(console.seqs).toEqual(['s1', 2, 3]);
	});

	test('shares each message with the others: it is encoded once', async () => {
		const [one, two] = [await attach(), await attach()];
		say(10);
		await pass(100);
		expect(one.batches.at(-1)).toBe(two.batches.at(-1));
	});

	test('shares its snapshot with those who join before the show changes, and with nobody later', async () => {
		const first = async (): Promise<LiveMessage | undefined> => (await attach()).messages[0];
		const before = await first();
		expect(await first()).toBe(before);
		say(1);
		const after = await first();
		expect(after).toMatchObject({ kind: 'snapshot', snapshot: { seq: 2, persistedSeq: 0 } });
		feed.receive({ persisted: 2 });
		expect(await first()).toMatchObject({ snapshot: { seq: 2, persistedSeq: 2 } });
		// Rebuilt, at the same seq.
		redis.reset('e2');
		feed.receive({ reset: 'e2' });
		await pass(100);
		expect(await first()).toMatchObject({ snapshot: { epoch: 'e2', seq: 2 } });
	});

	test('gets nothing more when it is detached', async () => {
		const console = await attach();
		feed.detach(console.queue);
		say(1);
		await pass(100);
		expect(console.seqs).toEqual(['s1']);
		expect(feed.subscribers).toBe(0);
	});
});

describe('batches', () => {
	beforeEach(async () => {
		await finish(feed.start());
	});

	test('an idle show sends at once', async () => {
		const console = await attach();
		await pass(500);
		say(1);
		await pass(1);
		expect(console.seqs).toEqual(['s1', 2]);
	});

	test('a busy show sends one message per tick', async () => {
		const console = await attach();
		await pass(500);
		say(1);
		await pass(1);
		for (let index = 0; index < 4; index++) {
			say(1);
			await pass(1);
		}
		await pass(10);
		const sizes = console.messages
			.slice(1)
			.map((message) => message.kind === 'events' && message.events.length);
		expect(sizes).toEqual([1, 4]);
	});

	test('no message holds more than 100 events', async () => {
		const console = await attach();
		say(250);
		await pass(100);
		const sizes = console.messages
			.slice(1)
			.map((message) => message.kind === 'events' && message.events.length);
		expect(sizes).toEqual([100, 100, 50]);
		expect(console.seqs.slice(1)).toEqual(range(2, 251));
	});

	test('each batch’s id is that of its last event', async () => {
		const console = await attach();
		say(250);
		await pass(100);
		expect(console.batches.map(({ id }) => parsePosition(id)?.seq)).toEqual([1, 101, 201, 251]);
	});

	test('tell how far history has the log, which never goes back', async () => {
		const console = await attach();
		feed.receive({ persisted: 5 });
		feed.receive({ persisted: 3 });
		say(1);
		await pass(100);
		expect(console.messages.at(-1)).toMatchObject({ kind: 'events', persistedSeq: 5 });
		expect(feed.snapshot().persistedSeq).toBe(5);
	});
});

describe('what pub/sub loses, doubles or turns around', () => {
	let console: Console;
	beforeEach(async () => {
		await finish(feed.start());
		console = await attach();
	});

	test('a gap is filled from the stream', async () => {
		mumble(2);
		say(1);
		await pass(100);
		expect(console.seqs).toEqual(['s1', 2, 3, 4]);
	});

	test('events that come while a gap is being filled are not lost', async () => {
		mumble(1);
		say(1);
		say(1);
		await pass(1);
		say(3);
		await pass(100);
		expect(console.seqs).toEqual(['s1', ...range(2, 7)]);
	});

	test('a gap in a busy show is filled, and then the feed listens again', async () => {
		const talking = setInterval(() => say(1), 1);
		await pass(10);
		mumble(3);
		await pass(50);
		const { read } = redis.asked;
		await pass(100);
		clearInterval(talking);
		await pass(100);
		expect(redis.asked.read).toBe(read);
		expect(console.seqs).toEqual(['s1', ...range(2, redis.log.seq)]);
	});

	test('more events than can be held while the stream is read are not lost', async () => {
		mumble(1);
		say(1_900);
		await pass(1);
		say(150);
		await pass(300);
		expect(console.seqs).toEqual(['s1', ...range(2, redis.log.seq)]);
	});

	test('a gap longer than a page is filled completely', async () => {
		mumble(1_500);
		say(1);
		await pass(200);
		expect(console.seqs).toEqual(['s1', ...range(2, 1_502)]);
	});

	test('the last message lost is found within two seconds of silence', async () => {
		mumble(1);
		await pass(2_100);
		expect(console.seqs).toEqual(['s1', 2]);
		// Perhaps nobody was subscribed any more.
		expect(redis.asked.listen).toBe(1);
	});

	test('silence costs one question a second and sends nothing', async () => {
		const { position } = redis.asked;
		await pass(10_000);
		expect(redis.asked.position - position).toBeLessThanOrEqual(10);
		expect(redis.asked).toMatchObject({ load: 1, listen: 0 });
		expect(console.seqs).toEqual(['s1']);
	});

	test('a message twice, or late, is sent once', async () => {
		say(3);
		const [, first, second, third] = redis.log.events;
		if (!first || !second || !third) throw new Error('no events');
		feed.receive([first]);
		feed.receive([third, second]);
		feed.receive([second, third]);
		await pass(100);
		expect(console.seqs).toEqual(['s1', 2, 3, 4]);
	});

	test('a message that repeats old events and adds a new one', async () => {
		say(2);
		redis.log.comment('a');
		feed.receive(redis.log.events.slice(1));
		await pass(100);
		expect(console.seqs).toEqual(['s1', 2, 3, 4]);
	});

	test('a gap that the stream no longer holds: a snapshot', async () => {
		mumble(50);
		redis.trimmedTo = 30;
		say(1);
		await pass(100);
		expect(console.seqs).toEqual(['s1', 's52']);
	});

	test('thousands of missed events: a snapshot, which is smaller', async () => {
		mumble(2_500);
		say(1);
		await pass(100);
		expect(console.seqs).toEqual(['s1', 's2502']);
	});
});

describe('another epoch', () => {
	let console: Console;
	beforeEach(async () => {
		await finish(feed.start());
		console = await attach();
		say(2);
		await pass(100);
	});

	test('every subscriber gets a snapshot of it, and then its events', async () => {
		redis.reset('e2');
		feed.receive({ reset: 'e2' });
		await pass(100);
		say(1);
		await pass(100);
		expect(console.seqs).toEqual(['s1', 2, 3, 's3', 4]);
		expect(console.batches.slice(-2).map(({ id }) => parsePosition(id))).toMatchObject([
			{ epoch: 'e2', seq: 3 },
			{ epoch: 'e2', seq: 4 }
		]);
	});

	test('is found although the note of it was lost', async () => {
		redis.reset('e2');
		say(1);
		await pass(100);
		expect(console.seqs.slice(3)).toEqual(['s4']);
	});

	test('a late event of the old epoch changes nothing', async () => {
		const old = redis.log.comment('late');
		redis.log.events.pop();
		redis.reset('e2');
		feed.receive({ reset: 'e2' });
		await pass(100);
		feed.receive([old]);
		await pass(100);
		expect(console.seqs).toEqual(['s1', 2, 3, 's3']);
		expect(feed.snapshot().epoch).toBe('e2');
	});

	test('a note of the present epoch asks for nothing', async () => {
		const { position } = redis.asked;
		feed.receive({ reset: 'e1' });
		await pass(100);
		expect(redis.asked.position).toBe(position);
	});
});

describe('a subscriber that resumes', () => {
	beforeEach(async () => {
		await finish(feed.start());
		const warm = await attach();
		say(300);
		await pass(100);
		feed.detach(warm.queue);
	});

	test('from the last event gets one empty message at once', async () => {
		const console = await attach({ epoch: 'e1', seq: 301 });
		expect(console.batches).toMatchObject([
			{ id: expect.stringMatching(/^e1:301:/), message: { kind: 'events', events: [] } }
		]);
	});

	test.each([1, 2, 100, 101, 200, 300])(
		'from event %i gets what follows, from memory',
		async (seq) => {
			const { read } = redis.asked;
			const console = await attach({ epoch: 'e1', seq });
			expect(console.seqs).toEqual(range(seq + 1, 301));
			expect(redis.asked.read).toBe(read);
			for (const message of console.messages) {
				expect(message.kind === 'events' && message.events.length).toBeLessThanOrEqual(100);
			}
		}
	);

	test('goes on with later events without a gap', async () => {
		const console = await attach({ epoch: 'e1', seq: 290 });
		say(20);
		await pass(100);
		expect(console.seqs).toEqual(range(291, 321));
	});

	test('from another epoch gets a snapshot', async () => {
		expect((await attach({ epoch: 'e0', seq: 300 })).seqs).toEqual(['s301']);
	});

	test('from before more events than are worth sending gets a snapshot', async () => {
		say(2_500);
		await pass(100);
		expect((await attach({ epoch: 'e1', seq: 300 })).seqs).toEqual(['s2801']);
	});

	test('from an event that this process has not heard of yet waits for it', async () => {
		mumble(5);
		const console = await attach({ epoch: 'e1', seq: 304 });
		expect(console.seqs).toEqual([305, 306]);
	});

	test('from an event at whose place the log has another one gets a snapshot', async () => {
		const at = redis.log.events[150]?.at ?? 0;
		expect((await attach({ epoch: 'e1', seq: 151, at })).seqs).toEqual(range(152, 301));
		expect((await attach({ epoch: 'e1', seq: 151, at: at + 1 })).seqs).toEqual(['s301']);
		feed.stop();
		feed = new ShowFeed('show-1', redis, logger);
		await finish(feed.start());
		expect((await attach({ epoch: 'e1', seq: 151, at: at + 1 })).seqs).toEqual(['s301']);
		expect((await attach({ epoch: 'e1', seq: 151, at })).seqs).toEqual(range(152, 301));
	});

	test('from the event before the first one in memory is compared as well', async () => {
		const at = redis.log.events[300]?.at ?? 0;
		feed.stop();
		feed = new ShowFeed('show-1', redis, logger);
		await finish(feed.start());
		say(1);
		expect((await attach({ epoch: 'e1', seq: 301, at: at + 1 })).seqs).toEqual(['s302']);
		expect((await attach({ epoch: 'e1', seq: 301, at })).seqs).toEqual([302]);
	});

	test('from an event that nobody has gets a snapshot', async () => {
		expect((await attach({ epoch: 'e1', seq: 999 })).seqs).toEqual(['s301']);
	});

	test('after a restart of the process gets what follows, from the stream', async () => {
		feed.stop();
		feed = new ShowFeed('show-1', redis, logger);
		await finish(feed.start());
		const console = await attach({ epoch: 'e1', seq: 150 });
		say(2);
		await pass(100);
		expect(console.seqs).toEqual(range(151, 303));
	});

	test('after a restart, two at once and events in between: each gets everything once', async () => {
		feed.stop();
		feed = new ShowFeed('show-1', redis, logger);
		await finish(feed.start());
		const one = new Console();
		const two = new Console();
		consoles.push(one, two);
		const attached = [
			feed.attach(one.queue, { epoch: 'e1', seq: 100 }),
			feed.attach(two.queue, { epoch: 'e1', seq: 200 })
		];
		say(1);
		await pass(1);
		say(1);
		await finish(Promise.all(attached));
		await pass(100);
		expect(one.seqs).toEqual(range(101, 303));
		expect(two.seqs).toEqual(range(201, 303));
	});

	test('after a restart, from before the stream’s tail, gets a snapshot', async () => {
		redis.trimmedTo = 200;
		feed.stop();
		feed = new ShowFeed('show-1', redis, logger);
		await finish(feed.start());
		expect((await attach({ epoch: 'e1', seq: 150 })).seqs).toEqual(['s301']);
		expect((await attach({ epoch: 'e1', seq: 200 })).seqs).toEqual(range(201, 301));
	});
});

describe('a slow subscriber', () => {
	test('is cut, while the others get everything; it resumes and has missed nothing', async () => {
		await finish(feed.start());
		const quick = await attach();
		const slow = new BatchQueue();
		await finish(feed.attach(slow, null));
		for (let index = 0; index < MAX_QUEUED_BATCHES + 5; index++) {
			say(1);
			await pass(30);
		}
		expect(quick.seqs).toEqual(['s1', ...range(2, MAX_QUEUED_BATCHES + 6)]);
		await expect(slow.read(new AbortController().signal).next()).rejects.toBeInstanceOf(
			SlowSubscriberError
		);
		const again = await attach({ epoch: 'e1', seq: 1 });
		expect(again.seqs).toEqual(range(2, MAX_QUEUED_BATCHES + 6));
	});
});

describe('the snapshot', () => {
	test('is the fold of the log up to its seq, whenever it is taken', async () => {
		await finish(feed.start());
		redis.log.comment('a', { intent: 'claim', item: '12', outcome: 'winner' });
		redis.log.created('12', 'a', 'winner');
		feed.receive(redis.log.events.slice(1));
		const snapshot = feed.snapshot();
		expect(canonicalState(fromSnapshot(snapshot, 400).state)).toBe(canonicalState(redis.state()));
		expect(snapshot.feed.map(({ kind }) => kind)).toEqual(['winner']);
	});

	test('of a show that ran before this process has its recent lines', async () => {
		mumble(30);
		redis.log.created('12', 'a', 'winner');
		await finish(feed.start());
		expect(feed.snapshot()).toMatchObject({ seq: 32, feed: [{ kind: 'winner' }] });
		expect(feed.snapshot().comments).toHaveLength(30);
	});

	test('holds what happened while the feed was starting', async () => {
		const started = feed.start();
		say(1);
		await pass(1);
		say(1);
		await finish(started);
		expect(feed.snapshot().seq).toBe(3);
	});

	test('of a busy show is there at once: the first reader does not wait for a pause', async () => {
		const talking = setInterval(() => say(1), 1);
		const started = feed.start();
		await pass(20);
		await started;
		const console = await attach();
		await pass(20);
		const { read, position } = redis.asked;
		await pass(100);
		clearInterval(talking);
		await pass(100);
		expect(console.seqs.slice(1)).toEqual(
			range(feed.snapshot().seq - console.seqs.length + 2, feed.snapshot().seq)
		);
		// What is published is folded; the stream is not read over and over.
		expect([redis.asked.read - read, redis.asked.position - position]).toEqual([0, 0]);
	});

	test('after catching up holds what was done before, heard of or not', async () => {
		await finish(feed.start());
		mumble(3);
		await finish(feed.catchUp());
		expect(feed.snapshot().seq).toBe(4);
		redis.reset('e2');
		await finish(feed.catchUp());
		expect(feed.snapshot().epoch).toBe('e2');
	});

	test('while Redis is away is the last one known', async () => {
		await finish(feed.start());
		redis.away = true;
		await finish(feed.catchUp());
		expect(feed.snapshot().seq).toBe(1);
	});

	test('is not there before the feed has started', () => {
		expect(() => feed.snapshot()).toThrow(/not started/);
	});
});

describe('trouble', () => {
	let console: Console;
	beforeEach(async () => {
		await finish(feed.start());
		console = await attach();
	});

	test('Redis away: the feed goes on when it is back, without loss', async () => {
		redis.away = true;
		mumble(2);
		say(1);
		await pass(5_000);
		expect(console.seqs).toEqual(['s1']);
		redis.away = false;
		await pass(2_100);
		expect(console.seqs).toEqual(['s1', 2, 3, 4]);
	});

	test('Redis away at the start: the feed says so', async () => {
		redis.away = true;
		const other = new ShowFeed('show-1', redis, logger);
		const started = expect(other.start()).rejects.toThrow('Connection is closed.');
		await pass(50);
		await started;
	});

	test('an event that contradicts the state: everybody gets the state anew', async () => {
		say(1);
		feed.receive([new ShowLog('e1', 2).released('12', 'nobody', 'winner')]);
		mumble(1);
		await pass(100);
		expect(console.seqs.at(-1)).toBe('s3');
		say(1);
		await pass(100);
		expect(console.seqs.at(-1)).toBe(4);
	});

	test('a state that is contradicted while Redis is away is read anew later, also in a busy show', async () => {
		redis.away = true;
		feed.receive([new ShowLog('e1', 1).released('12', 'nobody', 'winner')]);
		await pass(100);
		redis.away = false;
		for (let index = 0; index < 30; index++) {
			say(1);
			await pass(100);
		}
		expect(console.seqs.at(-1)).toBe(31);
		expect(feed.snapshot().seq).toBe(31);
	});

	test('an event of the stream that contradicts the state: the same', async () => {
		const odd = new ShowLog('e1', 1).released('12', 'nobody', 'winner');
		const read = redis.read.bind(redis);
		redis.read = async () => {
			redis.read = read;
			return [odd];
		};
		mumble(1);
		await pass(2_100);
		expect(console.seqs).toEqual(['s1', 's2']);
		say(1);
		await pass(100);
		expect(console.seqs.at(-1)).toBe(3);
	});

	/** Redis falls back to its first two events and is written on. */
	function fallBack(comments: number): void {
		const other = new ShowLog('e1');
		other.item('added', item('12', 2));
		other.comment('a');
		for (let index = 0; index < comments; index++) {
			const event = other.comment('b');
			other.events[other.events.length - 1] = { ...event, at: 2_000_000_000_000 + index };
		}
		redis.log = other;
	}

	test.each([
		['published', 2],
		['published', 3],
		['not heard of', 2],
		['not heard of', 3]
	])(
		'another event at the place of one that was forwarded, %s (%i): a snapshot',
		async (how, comments) => {
			say(2);
			redis.log.error();
			feed.receive(redis.log.events.slice(3));
			await pass(100);
			fallBack(comments);
			if (how === 'published') feed.receive(redis.log.events.slice(2));
			await pass(2_100);
			expect(console.seqs).toEqual(['s1', 2, 3, 4, `s${redis.log.seq}`]);
			feed.receive([redis.log.comment('c')]);
			await pass(100);
			expect(console.seqs.at(-1)).toBe(redis.log.seq);
		}
	);

	test('a Redis that knows less than it has published is rebuilt, and everybody gets the result', async () => {
		say(3);
		await pass(100);
		redis.log.events.splice(2);
		const short = new ShowLog('e1');
		short.item('added', item('12', 2));
		short.comment('a');
		redis.log = short;
		await pass(2_100);
		expect(redis.rebuilds).toMatchObject([{ epoch: 'e1', seq: 2 }]);
		expect(console.seqs).toEqual(['s1', 2, 3, 4, 's2']);
		expect(feed.snapshot().epoch).toBe('e2');
	});
});

test('a feed that was stopped has no timer left', async () => {
	await finish(feed.start());
	await attach();
	say(2);
	feed.stop();
	expect(vi.getTimerCount()).toBe(0);
});

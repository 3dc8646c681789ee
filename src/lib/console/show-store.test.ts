import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ShowEvent } from '../domain/events.ts';
import type { LiveMessage } from '../domain/live-show.ts';
import type { LiveHandlers, LiveSource } from './live-source.ts';
import { comment, claim, startSnapshot, status } from './show-fixture.ts';
import { ShowStore } from './show-store.svelte.ts';

type Subscription = { from: string | null; handlers: LiveHandlers; open: boolean };

function setUp(limit = 100) {
	const subscriptions: Subscription[] = [];
	const tasks: (() => void)[] = [];
	const seen: number[] = [];
	const source: LiveSource = (from, handlers) => {
		const subscription = { from, handlers, open: true };
		subscriptions.push(subscription);
		return () => {
			subscription.open = false;
		};
	};
	const store = new ShowStore(startSnapshot(), {
		limit,
		schedule: (task) => {
			tasks.push(task);
			return () => {
				const index = tasks.indexOf(task);
				if (index >= 0) tasks.splice(index, 1);
			};
		},
		onEvents: (events) => seen.push(...events.map((event) => event.seq))
	});
	const latest = (): Subscription => {
		const subscription = subscriptions.at(-1);
		if (!subscription) throw new Error('nothing was subscribed');
		return subscription;
	};
	return {
		store,
		source,
		subscriptions,
		tasks,
		seen,
		latest,
		send: (events: readonly ShowEvent[], persistedSeq = 0) =>
			latest().handlers.onMessage({ kind: 'events', events, persistedSeq }),
		sendMessage: (message: LiveMessage) => latest().handlers.onMessage(message),
		frame: () => {
			for (const task of tasks.splice(0)) task();
		}
	};
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('following a show', () => {
	test('subscribes from what the snapshot holds', () => {
		const { store, source, latest } = setUp();
		store.connect(source);
		expect(latest().from).toBe('e1:0');
		expect(store.connection).toBe('connecting');
	});

	test('folds everything that arrived between two frames at once', () => {
		const { store, source, send, frame, tasks, seen } = setUp();
		store.connect(source);
		send([comment(1)]);
		send([comment(2, 'winner', 'e1', 'ada'), claim(3, 'ada')]);
		expect(store.comments).toHaveLength(0);
		expect(tasks).toHaveLength(1);
		frame();
		expect(store.connection).toBe('live');
		expect(store.comments.map((entry) => entry.seq)).toEqual([2, 1]);
		expect(store.feed.map((entry) => entry.kind)).toEqual(['winner']);
		expect(store.totals).toMatchObject({ sold: 1, units: 2, buyers: 1 });
		expect(store.item('12')?.winners).toHaveLength(1);
		expect(store.commentCount).toBe(2);
		expect(store.persistedLag).toBe(3);
		expect(seen).toEqual([1, 2, 3]);
	});

	test('an empty first message is enough to be live', () => {
		const { store, source, send, frame } = setUp();
		store.connect(source);
		send([]);
		frame();
		expect(store.connection).toBe('live');
	});

	test('a tab without frames still folds before too much piles up', () => {
		const { store, source, send } = setUp(500);
		store.connect(source);
		for (let seq = 1; seq <= 2_000; seq++) send([comment(seq)]);
		expect(store.position).toBe('e1:2000');
		expect(store.comments.length).toBeLessThanOrEqual(625);
	});

	test('a snapshot drops what waits for its frame: it holds that already', () => {
		const { store, source, send, sendMessage, frame, seen } = setUp();
		store.connect(source);
		send([comment(1)]);
		sendMessage({ kind: 'snapshot', snapshot: startSnapshot('e2', 7) });
		frame();
		expect(store.position).toBe('e2:7');
		expect(store.generation).toBe(1);
		expect(seen).toEqual([]);
	});

	test('the status is followed', () => {
		const { store, source, send, frame } = setUp();
		store.connect(source);
		send([status(1, 'paused')]);
		frame();
		expect(store.status).toBe('paused');
	});
});

describe('when something is missing', () => {
	test('a gap leads to a snapshot, once', () => {
		const { store, source, send, sendMessage, frame, subscriptions, latest } = setUp();
		store.connect(source);
		send([comment(1), comment(3)]);
		frame();
		expect(store.connection).toBe('resyncing');
		expect(subscriptions[0]?.open).toBe(false);
		vi.advanceTimersByTime(0);
		expect(subscriptions).toHaveLength(2);
		expect(latest().from).toBeNull();
		sendMessage({ kind: 'snapshot', snapshot: startSnapshot('e1', 5) });
		frame();
		expect(store.connection).toBe('live');
		expect(store.position).toBe('e1:5');
	});

	test('what a left subscription still sends is ignored', () => {
		const { store, source, send, frame, subscriptions } = setUp();
		store.connect(source);
		send([comment(3)]);
		frame();
		subscriptions[0]?.handlers.onMessage({
			kind: 'events',
			events: [comment(1)],
			persistedSeq: 0
		});
		frame();
		expect(store.position).toBe('e1:0');
	});

	test('gaps in a row are answered ever more slowly', () => {
		const { store, source, send, frame, subscriptions } = setUp();
		store.connect(source);
		for (let round = 0; round < 4; round++) {
			send([comment(9)]);
			frame();
			vi.advanceTimersByTime(0);
		}
		expect(subscriptions.length).toBeLessThan(4);
		vi.advanceTimersByTime(60_000);
		expect(subscriptions.length).toBeGreaterThan(2);
	});
});

describe('when the connection goes', () => {
	test('it reconnects, is called offline after a while, and is live with the next message', () => {
		const { store, source, send, frame, latest } = setUp();
		store.connect(source);
		send([comment(1)]);
		frame();
		latest().handlers.onReconnecting();
		expect(store.connection).toBe('connecting');
		vi.advanceTimersByTime(6_000);
		expect(store.connection).toBe('offline');
		send([comment(2)]);
		frame();
		expect(store.connection).toBe('live');
		vi.advanceTimersByTime(60_000);
		expect(store.connection).toBe('live');
	});

	test('a subscription that ended is made again from what is held', () => {
		const { store, source, send, frame, latest, subscriptions } = setUp();
		store.connect(source);
		send([comment(1)]);
		frame();
		latest().handlers.onEnd({ message: 'cut', permanent: false });
		vi.advanceTimersByTime(0);
		expect(subscriptions).toHaveLength(2);
		expect(latest().from).toBe('e1:1');
	});

	test('a permanent refusal stops it and says why', () => {
		const { store, source, latest, subscriptions } = setUp();
		store.connect(source);
		latest().handlers.onEnd({ message: 'Please sign in.', permanent: true });
		vi.advanceTimersByTime(120_000);
		expect(store.connection).toBe('offline');
		expect(store.failure).toBe('Please sign in.');
		expect(subscriptions).toHaveLength(1);
	});

	test('nothing runs after destroy', () => {
		const { store, source, send, latest, subscriptions, tasks } = setUp();
		store.connect(source);
		send([comment(1)]);
		latest().handlers.onReconnecting();
		store.destroy();
		expect(tasks).toHaveLength(0);
		expect(latest().open).toBe(false);
		expect(vi.getTimerCount()).toBe(0);
		expect(subscriptions).toHaveLength(1);
	});
});

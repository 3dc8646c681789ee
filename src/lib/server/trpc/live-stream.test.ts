import { describe, expect, test } from 'vitest';
import type { LogPosition } from '../../domain/events.ts';
import { toSnapshot } from '../../domain/live-show.ts';
import type { LiveMessage, LiveShow } from '../../domain/live-show.ts';
import { createShowState } from '../../domain/show-state.ts';
import { AppError } from '../errors.ts';
import { SlowSubscriberError } from '../realtime/hub-types.ts';
import type { LiveBatch, SubscribeOptions } from '../realtime/hub-types.ts';
import type { LiveConnection } from './live-connection.ts';
import { streamShow } from './live-stream.ts';
import type { StreamOptions } from './live-stream.ts';

const message: LiveMessage = { kind: 'events', events: [], persistedSeq: 0 };

function viewOf(read: (options: SubscribeOptions) => AsyncGenerator<LiveBatch, void, undefined>) {
	return { subscribe: read };
}

/** Yields `count` batches, then waits for the signal. */
function feed(count: number, seen: { resumeFrom?: LogPosition | null } = {}) {
	return viewOf(async function* ({ resumeFrom, signal }) {
		seen.resumeFrom = resumeFrom;
		for (let seq = 1; seq <= count; seq++) yield { id: `e:${seq}`, message };
		await new Promise((resolve) => {
			if (signal.aborted) resolve(null);
			signal.addEventListener('abort', resolve);
		});
	});
}

function fakeConnection(bufferedBytes = () => 0) {
	const state = { terminated: 0, open: 0 };
	let snapshotBytes = 0;
	const connection: LiveConnection = {
		id: 'c1',
		bufferedBytes,
		backlogBytes: () => bufferedBytes() - snapshotBytes,
		terminate: () => {
			state.terminated++;
		},
		claimSubscription: () => {
			state.open++;
			return {
				snapshotSent: (bytes) => {
					snapshotBytes = bytes;
				},
				[Symbol.dispose]: () => {
					state.open--;
				}
			};
		}
	};
	return { connection, state };
}

function options(changes: Partial<StreamOptions>): StreamOptions {
	return {
		view: feed(0),
		lastEventId: null,
		connection: null,
		signal: new AbortController().signal,
		mayWatch: () => Promise.resolve(true),
		onAccessChange: () => () => undefined,
		onCheckFailed: () => undefined,
		...changes
	};
}

async function drain(stream: ReturnType<typeof streamShow>): Promise<string[]> {
	const ids: string[] = [];
	for await (const [id] of stream) ids.push(id);
	return ids;
}

describe('a console’s stream', () => {
	test('forwards batches with their position as the event id, until the client leaves', async () => {
		const leaving = new AbortController();
		const { connection, state } = fakeConnection();
		const stream = streamShow(options({ view: feed(3), connection, signal: leaving.signal }));
		const ids: string[] = [];
		for await (const [id] of stream) {
			ids.push(id);
			if (ids.length === 3) leaving.abort();
		}
		expect(ids).toEqual(['e:1', 'e:2', 'e:3']);
		expect(state).toEqual({ terminated: 0, open: 0 });
	});

	test.each([
		['abc:41', { epoch: 'abc', seq: 41 }],
		['garbage', null],
		[null, null]
	])('resumes from %j at %j', async (lastEventId, position) => {
		const seen: { resumeFrom?: LogPosition | null } = {};
		const signal = AbortSignal.abort();
		await drain(streamShow(options({ view: feed(0, seen), lastEventId, signal })));
		expect(seen.resumeFrom).toEqual(position);
	});

	test('ends with SIGNED_OUT when the session is over', async () => {
		const { connection, state } = fakeConnection();
		const stream = streamShow(
			options({ connection, mayWatch: () => Promise.resolve(false), sessionCheckMs: 5 })
		);
		await expect(drain(stream)).rejects.toMatchObject({ code: 'SIGNED_OUT' });
		expect(state).toEqual({ terminated: 0, open: 0 });
	});

	test('looks at once when the member’s rights changed, and ends when they are gone', async () => {
		let listening = 0;
		let allowed = true;
		const stream = streamShow(
			options({
				mayWatch: () => Promise.resolve(allowed),
				onAccessChange: (listener) => {
					listening++;
					allowed = false;
					listener();
					return () => listening--;
				},
				sessionCheckMs: 3_600_000
			})
		);
		await expect(drain(stream)).rejects.toMatchObject({ code: 'SIGNED_OUT' });
		expect(listening).toBe(0);
	});

	test('goes on when the session can’t be checked', async () => {
		const leaving = new AbortController();
		let failures = 0;
		const stream = streamShow(
			options({
				signal: leaving.signal,
				mayWatch: () => Promise.reject(new AppError('UNAVAILABLE')),
				onCheckFailed: () => {
					if (++failures === 2) leaving.abort();
				},
				sessionCheckMs: 5
			})
		);
		expect(await drain(stream)).toEqual([]);
		expect(failures).toBe(2);
	});

	test('is cut, not ended, when its reader falls behind', async () => {
		const { connection, state } = fakeConnection();
		const view = viewOf(async function* () {
			yield { id: 'e:1', message };
			throw new SlowSubscriberError('behind');
		});
		expect(await drain(streamShow(options({ view, connection })))).toEqual(['e:1']);
		expect(state).toEqual({ terminated: 1, open: 0 });
	});

	test('is cut when the socket holds more than 4 MB', async () => {
		const { connection, state } = fakeConnection(() => 4 * 1024 * 1024 + 1);
		expect(await drain(streamShow(options({ view: feed(3), connection })))).toEqual([]);
		expect(state.terminated).toBe(1);
	});

	test('a snapshot may be larger than that: a client that takes its time for it is not cut', async () => {
		const MB = 1024 * 1024;
		let buffered = 0;
		const { connection, state } = fakeConnection(() => buffered);
		const show = createShowState('show', 'e', { name: 'N', claimWord: 'sold', passWord: 'pass' });
		const live: LiveShow = { state: show, comments: [], feed: [], limit: 1, persistedSeq: 0 };
		const whole: LiveMessage = { kind: 'snapshot', snapshot: toSnapshot(live) };
		const messages = [whole, message, message, whole, message, whole, message];
		const view = viewOf(async function* () {
			for (const [index, message] of messages.entries()) yield { id: `e:${index + 1}`, message };
		});
		const stream = streamShow(options({ view, connection }));
		const ids: string[] = [];
		for await (const [id, { kind }] of stream) {
			ids.push(id);
			buffered += kind === 'snapshot' ? 6 * MB : 2 * MB;
		}
		// 6, 8, 10 MB are the first snapshot's and what may wait anyway; the second makes it 16 of 10.
		expect(ids).toEqual(['e:1', 'e:2', 'e:3', 'e:4']);
		expect(state).toEqual({ terminated: 1, open: 0 });
	});

	test('is cut when the feed ends by itself: a client that is told "complete" does not come back', async () => {
		const { connection, state } = fakeConnection();
		const view = viewOf(async function* () {
			yield { id: 'e:1', message };
		});
		expect(await drain(streamShow(options({ view, connection })))).toEqual(['e:1']);
		expect(state.terminated).toBe(1);
	});

	test('passes errors of the feed on', async () => {
		const { connection, state } = fakeConnection();
		const view = viewOf(async function* () {
			yield { id: 'e:1', message };
			throw new AppError('UNAVAILABLE');
		});
		const stream = streamShow(options({ view, connection }));
		await expect(drain(stream)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
		expect(state).toEqual({ terminated: 0, open: 0 });
	});
});

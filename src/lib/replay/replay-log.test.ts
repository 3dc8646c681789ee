import { describe, expect, test } from 'vitest';
import { ShowLog, item } from '../../../tests/fixtures/show-log.ts';
import { canonicalState } from '../domain/canonical-state.ts';
import type { ShowEvent } from '../domain/events.ts';
import { applyToLiveShow, toSnapshot } from '../domain/live-show.ts';
import type { LiveShow } from '../domain/live-show.ts';
import { REPLAY_CHUNK } from '../domain/replay-chunk.ts';
import { createShowState } from '../domain/show-state.ts';
import { ReplayLog } from './replay-log.ts';

const SETTINGS = { name: 'Saturday sale', claimWord: 'sold', passWord: 'pass' };

/** 3,500 events, among them claims all along. */
const events: readonly ShowEvent[] = (() => {
	const log = new ShowLog();
	log.item('added', item('12', 3));
	log.session('activated', 'active', { previous: 'draft' });
	for (let n = 0; log.seq < 3_500; n++) {
		log.comment(`u${n}`, { outcome: n % 7 === 0 ? 'winner' : 'none' });
		if (n % 70 !== 0) continue;
		log.created('12', `u${n}`, 'winner', { claimId: `c${n}` });
		log.released('12', `u${n}`, 'winner', { claimId: `c${n}` });
		log.created('12', `u${n}`, 'waitlist', { claimId: `d${n}`, rank: log.seq + 1 });
	}
	return log.events.slice(0, 3_500);
})();

/** The plain fold from the beginning. */
function folded(seq: number): LiveShow {
	const show: LiveShow = {
		...{ comments: [], feed: [], limit: 200, persistedSeq: 0 },
		state: createShowState('s', 'e1', SETTINGS)
	};
	for (const event of events.slice(0, seq)) applyToLiveShow(show, event);
	return show;
}

function replay(start = 0) {
	const asked = { ranges: 0, states: 0 };
	const times = events.filter((_, index) => index % REPLAY_CHUNK === 0).map(({ at }) => at);
	const extent = { lastSeq: events.length, times };
	const source = {
		range: (fromSeq: number, limit: number) => {
			asked.ranges++;
			return Promise.resolve(events.slice(fromSeq - 1, fromSeq - 1 + limit));
		},
		stateAt: (seq: number) => {
			asked.states++;
			return Promise.resolve(toSnapshot(folded(seq)));
		}
	};
	return { log: new ReplayLog(source, extent, toSnapshot(folded(start))), asked, source, extent };
}

describe('any moment', () => {
	test('is what the plain fold gives, wherever one comes from', async () => {
		const { log } = replay();
		let near: LiveShow | null = null;
		for (const seq of [0, 1, 2, 999, 1_000, 1_001, 3_500, 3_499, 2_000, 5, 2_001, 1_999, 3_000]) {
			const show: LiveShow = await log.at(seq, near);
			expect(show.state.seq).toBe(seq);
			expect(canonicalState(show.state), `event ${seq}`).toBe(canonicalState(folded(seq).state));
			expect(show.comments.at(-1)).toEqual(folded(seq).comments.at(-1));
			near = show;
		}
	});

	test('costs one state and one piece, and nothing once it was there', async () => {
		const { log, asked } = replay();
		await log.at(3_200);
		expect(asked).toEqual({ ranges: 1, states: 1 });
		await log.at(3_100);
		await log.at(3_201);
		expect(asked).toEqual({ ranges: 1, states: 1 });
	});

	test('playing on needs no state of the server', async () => {
		const { log, asked } = replay();
		let show: LiveShow | null = null;
		for (let seq = 0; seq <= 3_500; seq += 50) show = await log.at(seq, show);
		expect(asked).toEqual({ ranges: 4, states: 0 });
	});

	test('does not change the moment it was folded from', async () => {
		const { log } = replay();
		const before = await log.at(500);
		const text = canonicalState(before.state);
		const comments = before.comments.length;
		await log.at(900, before);
		expect(canonicalState(before.state)).toBe(text);
		expect(before.comments).toHaveLength(comments);
	});

	test('that could not be read can be asked for again', async () => {
		const { source, extent } = replay();
		let fails = true;
		const flaky = {
			...source,
			range: (fromSeq: number, limit: number) =>
				fails ? Promise.reject(new Error('gone')) : source.range(fromSeq, limit)
		};
		const log = new ReplayLog(flaky, extent, toSnapshot(folded(0)));
		await expect(log.at(10)).rejects.toThrow('gone');
		fails = false;
		expect((await log.at(10)).state.seq).toBe(10);
	});

	test('that the log lacks is an error, not an endless search', async () => {
		const { log } = replay();
		await expect(log.at(3_501)).rejects.toThrow('event 3501 is missing');
	});
});

describe('time', () => {
	test('names the last event that was logged by then', async () => {
		const { log } = replay();
		for (const seq of [1, 1_000, 1_001, 3_500]) {
			const at = await log.timeOf(seq);
			expect(at).toBe(events[seq - 1]?.at);
			expect(await log.seqAt(at)).toBe(seq);
			expect(await log.seqAt(at + 1)).toBe(seq);
			expect(await log.seqAt(at - 1)).toBe(seq - 1);
		}
	});

	test('before the first event nothing has happened', async () => {
		const { log } = replay();
		expect(await log.seqAt(0)).toBe(0);
		expect(await log.timeOf(0)).toBe(events[0]?.at);
	});
});

test('a show that went on is read anew where it ended', async () => {
	const { source, extent, asked } = replay();
	let lastSeq = 3_200;
	const range = async (fromSeq: number, limit: number): Promise<readonly ShowEvent[]> => {
		const read = await source.range(fromSeq, limit);
		return read.filter(({ seq }) => seq <= lastSeq);
	};
	const start = toSnapshot(folded(0));
	const log = new ReplayLog({ ...source, range }, { ...extent, lastSeq }, start);
	await log.at(3_200);
	expect(asked.ranges).toBe(1);
	lastSeq = 3_500;
	log.extend(extent);
	expect((await log.at(3_500)).state.seq).toBe(3_500);
});

import { beforeEach, describe, expect, test } from 'vitest';
import { ShowLog, byOperator, item } from '../../../tests/fixtures/show-log.ts';
import { canonicalState } from './canonical-state.ts';
import { COMMENT_OUTCOMES } from './events.ts';
import {
	SNAPSHOT_WINDOW,
	applyToLists,
	applyToLiveShow,
	feedEntry,
	fromSnapshot,
	toSnapshot
} from './live-show.ts';
import type { LiveShow } from './live-show.ts';
import { SequenceGapError } from './reducer.ts';
import { createShowState } from './show-state.ts';

const settings = { name: 'Saturday sale', claimWord: 'sold', passWord: 'pass' };

let log: ShowLog;
let show: LiveShow;
beforeEach(() => {
	log = new ShowLog();
	show = {
		state: createShowState('show-1', 'e1', settings),
		comments: [],
		feed: [],
		limit: 400,
		persistedSeq: 0
	};
});

function fold(into = show): void {
	for (const event of log.events) applyToLiveShow(into, event);
}

describe('a line of the claim feed', () => {
	test.each(COMMENT_OUTCOMES)('comment with outcome %s', (outcome) => {
		const asks = outcome === 'none' ? {} : { intent: 'claim' as const, item: '12' };
		const entry = feedEntry(log.comment('a', { outcome, ...asks }));
		// The claim's own event tells the story of these.
		const silent = ['none', 'winner', 'waitlist', 'pass'].includes(outcome);
		expect(entry).toEqual(
			silent
				? null
				: {
						seq: 1,
						at: expect.any(Number),
						kind: outcome,
						item: '12',
						buyer: { key: 'facebook:a', platform: 'facebook', handle: '@a' },
						claimId: null,
						position: null,
						cause: null,
						noClaim: null
					}
		);
	});

	test('a claim that wins, waits with its place, is promoted, is released', () => {
		const lines = [
			log.created('12', 'a', 'winner'),
			log.created('12', 'b', 'waitlist', { position: 3 }),
			log.promoted('12', 'b', { cause: byOperator('quantity', 3) }),
			log.released('12', 'a', 'winner')
		].map(feedEntry);
		expect(lines).toMatchObject([
			{ seq: 1, kind: 'winner', claimId: '12/a', position: null },
			{ seq: 2, kind: 'waitlist', claimId: '12/b', position: 3 },
			{ seq: 3, kind: 'promoted', cause: { kind: 'operator', action: 'quantity' } },
			{ seq: 4, kind: 'released', buyer: { key: 'facebook:a' } }
		]);
	});

	test('nothing else is a line', () => {
		const others = [
			log.item('added', item('12')),
			log.session('paused', 'paused'),
			log.channel(),
			log.error()
		];
		expect(others.map(feedEntry)).toEqual([null, null, null, null]);
	});
});

describe('the recent lists', () => {
	test('hold the newest, oldest first, and never more than a quarter over the limit', () => {
		show = { ...show, limit: 20 };
		for (let index = 1; index <= 500; index++) {
			applyToLiveShow(
				show,
				log.comment(`u${index}`, { intent: 'claim', item: '9', outcome: 'item_not_found' })
			);
			expect(show.comments.length).toBeLessThanOrEqual(25);
			expect(show.feed.length).toBeLessThanOrEqual(25);
			expect(show.comments.length).toBeGreaterThanOrEqual(Math.min(index, 20));
		}
		expect(show.comments.at(-1)?.seq).toBe(500);
		const seqs = show.feed.map((entry) => entry.seq);
		expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
	});

	test('an event that is held already adds no line', () => {
		const event = log.comment('a', { intent: 'claim', item: '9', outcome: 'item_not_found' });
		expect(applyToLiveShow(show, event)).toBe(true);
		expect(applyToLiveShow(show, event)).toBe(false);
		expect([show.comments.length, show.feed.length]).toEqual([1, 1]);
	});

	test('an event after a gap adds no line', () => {
		log.comment('a');
		const later = log.comment('b');
		expect(() => applyToLiveShow(show, later)).toThrow(SequenceGapError);
		expect(show.comments).toEqual([]);
	});

	test('can be filled without touching the state', () => {
		applyToLists(show, log.created('12', 'a', 'winner'));
		expect(show.feed).toHaveLength(1);
		expect(show.state.seq).toBe(0);
	});
});

describe('a snapshot', () => {
	beforeEach(() => {
		log.item('added', item('12', 1));
		log.item('added', item('7', 2));
		log.session('activated', 'active');
		for (const [index, user] of ['a', 'b', 'c'].entries()) {
			const outcome = index === 0 ? 'winner' : 'waitlist';
			log.comment(user, { intent: 'claim', item: '12', outcome, claimId: `12/${user}` });
			log.created('12', user, outcome, { position: index });
		}
		log.item('shown', item('12'), item('12'));
		log.channel();
		fold();
	});

	test('opened again it is the same show', () => {
		const again = fromSnapshot(toSnapshot(show), 400);
		expect(canonicalState(again.state)).toBe(canonicalState(show.state));
		expect(again.state).toEqual(show.state);
		expect([again.comments, again.feed]).toEqual([show.comments, show.feed]);
	});

	test('survives the way over the wire', () => {
		const wire = JSON.parse(JSON.stringify(toSnapshot(show)));
		expect(wire).toEqual(toSnapshot(show));
	});

	test('taken in the middle and folded on equals the fold of everything', () => {
		const middle = fromSnapshot(toSnapshot(show), 400);
		log.released('12', 'a', 'winner');
		log.promoted('12', 'b');
		log.item('removed', item('7', 2), item('7', 2));
		fold();
		fold(middle);
		expect(middle.state).toEqual(show.state);
		expect(middle.feed).toEqual(show.feed);
	});

	test('does not change when the show goes on', () => {
		const snapshot = toSnapshot(show);
		const before = structuredClone(snapshot);
		log.released('12', 'a', 'winner');
		log.promoted('12', 'b');
		log.comment('z', { outcome: 'none' });
		log.channel({ status: 'ended' });
		log.session('edited', 'active', { name: 'Other' });
		log.item('removed', item('7', 2), item('7', 2));
		fold();
		expect(snapshot).toEqual(before);
	});

	test('does not change when another show is folded on from it', () => {
		const snapshot = toSnapshot(show);
		const before = structuredClone(snapshot);
		const other = fromSnapshot(snapshot, 400);
		log.released('12', 'a', 'winner');
		log.comment('z', { outcome: 'none' });
		fold(other);
		expect(snapshot).toEqual(before);
	});

	test('gives the items by number, not by the order in which they were added', () => {
		expect(toSnapshot(show).items.map(({ number }) => number)).toEqual(['7', '12']);
	});

	test('carries the newest lines only', () => {
		for (let index = 0; index < 2 * SNAPSHOT_WINDOW; index++) {
			log.comment('z', { intent: 'claim', item: '9', outcome: 'item_not_found' });
		}
		fold();
		const { comments, feed } = toSnapshot(show);
		expect([comments.length, feed.length]).toEqual([SNAPSHOT_WINDOW, SNAPSHOT_WINDOW]);
		expect(comments.at(-1)?.seq).toBe(log.seq);
	});

	test('opened with a small limit keeps the newest lines', () => {
		const again = fromSnapshot(toSnapshot(show), 2);
		expect(again.comments.map(({ userId }) => userId)).toEqual(['b', 'c']);
	});
});

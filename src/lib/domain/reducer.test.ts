import { beforeEach, describe, expect, test } from 'vitest';
import { ShowLog, START_AT, buyer, byOperator, item } from '../../../tests/fixtures/show-log.ts';
import { canonicalState } from './canonical-state.ts';
import { COMMENT_OUTCOMES } from './events.ts';
import { FoldError, SequenceGapError, applyEvent } from './reducer.ts';
import { createShowState } from './show-state.ts';
import type { ShowState } from './show-state.ts';

const settings = { name: 'Saturday sale', claimWord: 'sold', passWord: 'pass' };

let log: ShowLog;
let state: ShowState;
beforeEach(() => {
	log = new ShowLog();
	state = createShowState('show-1', 'e1', settings);
});

function fold(): void {
	for (const event of log.events) if (event.seq > state.seq) applyEvent(state, event);
}

function names(number = '12'): { winners: string[]; waitlist: string[] } {
	const { winners = [], waitlist = [] } = state.items.get(number) ?? {};
	return {
		winners: winners.map((claim) => claim.buyer.userId),
		waitlist: waitlist.map((claim) => claim.buyer.userId)
	};
}

describe('the sequence', () => {
	test('an event that follows is folded, and says so', () => {
		expect(applyEvent(state, log.item('added', item('12')))).toBe(true);
		expect(state.seq).toBe(1);
	});

	test('an event that is held already changes nothing, however old it is', () => {
		log.item('added', item('12', 2));
		log.comment('a', { outcome: 'winner' });
		log.created('12', 'a', 'winner');
		fold();
		const before = canonicalState(state);
		for (const event of [...log.events, ...log.events.toReversed()]) {
			expect(applyEvent(state, event)).toBe(false);
		}
		expect(canonicalState(state)).toBe(before);
	});

	test('a gap is refused and changes nothing', () => {
		log.item('added', item('12'));
		const missing = log.comment('a');
		const later = log.comment('b');
		applyEvent(state, log.events[0] ?? later);
		const before = canonicalState(state);
		expect(() => applyEvent(state, later)).toThrow(SequenceGapError);
		expect(canonicalState(state)).toBe(before);
		expect(applyEvent(state, missing)).toBe(true);
		expect(applyEvent(state, later)).toBe(true);
	});

	test('a gap names what was expected and what came', () => {
		log.comment('a');
		const second = log.comment('b');
		try {
			applyEvent(state, second);
			expect.unreachable();
		} catch (error) {
			expect(error).toMatchObject({
				expected: { epoch: 'e1', seq: 1 },
				received: { epoch: 'e1', seq: 2 }
			});
		}
	});

	test.each([1, 2])('an event of another epoch is refused, also at seq %i', (seq) => {
		log.comment('a');
		fold();
		const other = new ShowLog('e2', seq - 1).comment('b');
		expect(() => applyEvent(state, other)).toThrow(SequenceGapError);
		expect(state.seq).toBe(1);
	});
});

describe('comments', () => {
	test.each(COMMENT_OUTCOMES)('outcome %s is counted once', (outcome) => {
		applyEvent(state, log.comment('a', { outcome }));
		const counted = Object.entries(state.counters).filter(([, count]) => count > 0);
		expect(counted).toEqual([[outcome, 1]]);
	});
});

describe('claims', () => {
	beforeEach(() => {
		log.item('added', item('12', 2));
	});

	test('a winner holds a unit, with the place in the log and the moment of the claim', () => {
		log.comment('a', { outcome: 'winner' });
		log.created('12', 'a', 'winner');
		fold();
		expect(state.items.get('12')?.winners).toEqual([
			{
				claimId: '12/a',
				item: '12',
				buyer: buyer('a'),
				state: 'winner',
				rank: 3,
				wonSeq: 3,
				claimedAt: START_AT + 30
			}
		]);
	});

	test('a waiting claim holds none', () => {
		log.created('12', 'a', 'waitlist');
		fold();
		expect(state.items.get('12')?.waitlist[0]).toMatchObject({ state: 'waitlist', wonSeq: null });
	});

	test('the queue is ordered by rank, not by arrival', () => {
		log.created('12', 'b', 'waitlist', { rank: 20 });
		log.created('12', 'd', 'waitlist', { rank: 40 });
		log.created('12', 'c', 'waitlist', { rank: 30 });
		log.created('12', 'a', 'waitlist', { rank: 10 });
		fold();
		expect(names().waitlist).toEqual(['a', 'b', 'c', 'd']);
	});

	test('winners stand in the order in which they won', () => {
		log.created('12', 'a', 'winner');
		log.created('12', 'c', 'waitlist');
		log.created('12', 'b', 'waitlist');
		log.released('12', 'a', 'winner');
		log.promoted('12', 'c');
		log.promoted('12', 'b');
		fold();
		expect(names()).toEqual({ winners: ['c', 'b'], waitlist: [] });
	});

	test('a promoted claim keeps its rank and gets the seq of the promotion', () => {
		log.created('12', 'a', 'waitlist');
		log.promoted('12', 'a');
		fold();
		expect(state.items.get('12')?.winners[0]).toMatchObject({
			rank: 2,
			wonSeq: 3,
			state: 'winner'
		});
		expect(state.counters.promoted).toBe(1);
	});

	test('a released claim is gone from its list only', () => {
		log.created('12', 'a', 'winner');
		log.created('12', 'b', 'winner');
		log.created('12', 'c', 'waitlist');
		log.created('12', 'd', 'waitlist');
		log.released('12', 'a', 'winner');
		log.released('12', 'c', 'waitlist');
		fold();
		expect(names()).toEqual({ winners: ['b'], waitlist: ['d'] });
		expect(state.counters.released).toBe(2);
	});

	test('claims of one item leave the others alone', () => {
		log.item('added', item('7'));
		fold();
		const other = state.items.get('7');
		log.created('12', 'a', 'winner');
		log.released('12', 'a', 'winner');
		fold();
		expect(state.items.get('7')).toBe(other);
	});

	test('an item that changes is another object, and the old one stays as it was', () => {
		fold();
		const before = state.items.get('12');
		log.created('12', 'a', 'winner');
		fold();
		expect(state.items.get('12')).not.toBe(before);
		expect(before?.winners).toEqual([]);
	});
});

describe('what changed an item’s allocation', () => {
	beforeEach(() => {
		log.item('added', item('12', 1));
		log.created('12', 'a', 'winner');
	});

	function changed(): number | undefined {
		fold();
		return state.items.get('12')?.changedSeq;
	}

	test('a unit that is won, lost or given on', () => {
		expect(changed()).toBe(2);
		log.created('12', 'b', 'waitlist');
		log.released('12', 'a', 'winner');
		expect(changed()).toBe(4);
		log.promoted('12', 'b');
		expect(changed()).toBe(5);
	});

	test('not somebody who joins the end of the queue by a comment', () => {
		log.created('12', 'b', 'waitlist');
		expect(changed()).toBe(2);
	});

	test('somebody whom an operator puts into the queue', () => {
		log.created('12', 'b', 'waitlist', { cause: byOperator('release', 3) });
		expect(changed()).toBe(3);
	});

	test('a quantity, but no title', () => {
		log.item('quantity', item('12', 2), item('12', 1));
		log.item('edited', item('12', 2, { title: 'Other' }), item('12', 2));
		expect(changed()).toBe(3);
	});
});

describe('items', () => {
	test('a change keeps the claims', () => {
		log.item('added', item('12', 1));
		log.created('12', 'a', 'winner');
		log.created('12', 'b', 'waitlist');
		log.item('edited', item('12', 1, { title: 'Silk dress' }), item('12', 1));
		log.item('closed', item('12', 1, { title: 'Silk dress', state: 'closed' }), item('12', 1));
		log.item('quantity', item('12', 3, { title: 'Silk dress', state: 'closed' }), item('12', 1));
		fold();
		expect(state.items.get('12')).toMatchObject({
			title: 'Silk dress',
			state: 'closed',
			quantity: 3
		});
		expect(names()).toEqual({ winners: ['a'], waitlist: ['b'] });
	});

	test('a number that is removed and given anew starts without claims', () => {
		log.item('added', item('12', 1, { id: 'first' }));
		log.created('12', 'a', 'winner');
		log.released('12', 'a', 'winner');
		log.item('removed', item('12', 1, { id: 'first' }), item('12', 1, { id: 'first' }));
		fold();
		expect(state.items.has('12')).toBe(false);
		log.item('added', item('12', 5, { id: 'second' }));
		fold();
		expect(state.items.get('12')).toMatchObject({ id: 'second', winners: [], waitlist: [] });
	});

	test('one item at most is held up, and a removed one no longer', () => {
		log.item('added', item('12'));
		log.item('added', item('7'));
		log.item('shown', item('12'), item('12'));
		fold();
		expect(state.showing).toBe('12');
		log.item('shown', item('7'), item('7'));
		fold();
		expect(state.showing).toBe('7');
		log.item('hidden', item('7'), item('7'));
		fold();
		expect(state.showing).toBeNull();
	});
});

describe('the show', () => {
	test('status and words follow the last session event', () => {
		log.session('activated', 'active');
		log.session('edited', 'active', { name: 'Sunday sale', claimWord: 'mine', passWord: 'skip' });
		log.session('paused', 'paused', { name: 'Sunday sale', claimWord: 'mine', passWord: 'skip' });
		fold();
		expect(state.status).toBe('paused');
		expect(state.settings).toEqual({ name: 'Sunday sale', claimWord: 'mine', passWord: 'skip' });
	});

	test('a channel stands as it was reported last', () => {
		log.channel({ status: 'connecting' });
		log.channel({ channelId: 'ch-2', platform: 'instagram' });
		log.channel({ status: 'degraded', detail: 'slow' });
		fold();
		expect(state.channels.get('ch-1')).toMatchObject({ status: 'degraded', detail: 'slow' });
		expect(state.channels.get('ch-2')).toMatchObject({ platform: 'instagram' });
	});

	test('an error moves the position and nothing else', () => {
		const before = canonicalState({ ...state, seq: 1 });
		log.error();
		fold();
		expect(canonicalState(state)).toBe(before);
	});
});

describe('an event that contradicts the state is refused and changes nothing', () => {
	beforeEach(() => {
		log.item('added', item('12', 1));
		log.created('12', 'a', 'winner');
		log.created('12', 'b', 'waitlist');
		fold();
	});

	test.each([
		['a claim on an item that is not there', () => log.created('9', 'c', 'winner')],
		['a release of a claim that nobody holds', () => log.released('12', 'c', 'winner')],
		['a release from the wrong list', () => log.released('12', 'b', 'winner')],
		[
			'a release of another claim of the buyer',
			() => log.released('12', 'a', 'winner', { claimId: 'older' })
		],
		['a release on an item that is not there', () => log.released('9', 'a', 'winner')],
		['a promotion of a winner', () => log.promoted('12', 'a')],
		['a promotion of somebody who does not wait', () => log.promoted('12', 'c')],
		['a promotion on an item that is not there', () => log.promoted('9', 'b')]
	])('%s', (_what, make) => {
		const before = canonicalState(state);
		const event = make();
		expect(() => applyEvent(state, event)).toThrow(FoldError);
		expect(canonicalState(state)).toBe(before);
	});
});

import { describe, expect, test } from 'vitest';
import { ShowLog, item } from '../../../tests/fixtures/show-log.ts';
import { canonicalState } from './canonical-state.ts';
import { applyEvent } from './reducer.ts';
import { createShowState } from './show-state.ts';
import type { ShowState } from './show-state.ts';

const settings = { name: 'Saturday sale', claimWord: 'sold', passWord: 'pass' };

function sample(): ShowState {
	const log = new ShowLog();
	log.item('added', item('12', 2));
	log.item('added', item('7', 1));
	log.created('12', 'a', 'winner');
	log.created('12', 'b', 'winner');
	log.created('12', 'c', 'waitlist');
	log.created('12', 'd', 'waitlist');
	log.channel();
	log.channel({ channelId: 'ch-2', platform: 'instagram' });
	const state = createShowState('show-1', 'e1', settings);
	for (const event of log.events) applyEvent(state, event);
	return state;
}

function changeItem(change: Record<string, unknown>): (state: ShowState) => void {
	return (state) => {
		const twelve = state.items.get('12');
		if (twelve) state.items.set('12', { ...twelve, ...change });
	};
}

describe('equal facts give an equal text', () => {
	test('whatever the order of items and channels', () => {
		const state = sample();
		const other: ShowState = {
			...state,
			items: new Map([...state.items].toReversed()),
			channels: new Map([...state.channels].toReversed())
		};
		expect(canonicalState(other)).toBe(canonicalState(state));
	});

	test('whatever the epoch: a rebuild changes no fact', () => {
		expect(canonicalState({ ...sample(), epoch: 'e2' })).toBe(canonicalState(sample()));
	});
});

describe('another fact gives another text', () => {
	const twelve = sample().items.get('12');
	const winners = twelve?.winners ?? [];
	const waitlist = twelve?.waitlist ?? [];
	const changes: [string, (state: ShowState) => void][] = [
		['position', (state) => (state.seq += 1)],
		['status', (state) => (state.status = 'paused')],
		['name', (state) => (state.settings = { ...state.settings, name: 'x' })],
		['claim word', (state) => (state.settings = { ...state.settings, claimWord: 'x' })],
		['pass word', (state) => (state.settings = { ...state.settings, passWord: 'x' })],
		['a counter', (state) => (state.counters.none += 1)],
		['released claims', (state) => (state.counters.released += 1)],
		['an item less', (state) => state.items.delete('7')],
		['an item’s id', changeItem({ id: 'x' })],
		['an item’s title', changeItem({ title: 'x' })],
		['an item’s quantity', changeItem({ quantity: 3 })],
		['an item’s state', changeItem({ state: 'closed' })],
		['a winner less', changeItem({ winners: winners.slice(1) })],
		['the order of winners', changeItem({ winners: winners.toReversed() })],
		['the order of the queue', changeItem({ waitlist: waitlist.toReversed() })],
		[
			'a claim’s id',
			changeItem({ waitlist: waitlist.map((claim) => ({ ...claim, claimId: 'x' })) })
		],
		['a claim’s rank', changeItem({ waitlist: waitlist.map((claim) => ({ ...claim, rank: 99 })) })],
		[
			'when a unit was won',
			changeItem({ winners: winners.map((claim) => ({ ...claim, wonSeq: 99 })) })
		],
		['what was held up', (state) => (state.showing = '7')],
		['a channel less', (state) => state.channels.delete('ch-2')],
		[
			'a channel’s status',
			(state) => {
				const channel = state.channels.get('ch-1');
				if (channel) state.channels.set('ch-1', { ...channel, status: 'ended' });
			}
		]
	];
	test.each(changes)('%s', (_what, change) => {
		const state = sample();
		change(state);
		expect(canonicalState(state)).not.toBe(canonicalState(sample()));
	});
});

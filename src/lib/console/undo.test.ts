import { describe, expect, test } from 'vitest';
import type { ShowEvent } from '../domain/events.ts';
import { fromSnapshot } from '../domain/live-show.ts';
import { applyEvent } from '../domain/reducer.ts';
import { claim, startSnapshot } from './show-fixture.ts';
import { ActionEnds, takeBackBlocked, undoRefusal } from './undo.ts';

function byOperator(event: ShowEvent, actionSeq: number): ShowEvent {
	if (event.type !== 'claim.created') throw new Error('a claim is expected');
	const cause = { kind: 'operator', action: 'award', actor: 'user:1', seq: actionSeq } as const;
	return { ...event, data: { ...event.data, cause } };
}

function setUp(events: readonly ShowEvent[]) {
	const { state } = fromSnapshot(startSnapshot(), 100);
	const ends = new ActionEnds();
	for (const event of events) {
		applyEvent(state, event);
		ends.hear([event]);
	}
	return { state, ends };
}

const award = { kind: 'claims', item: '12', action: { epoch: 'e', seq: 1 } } as const;

describe('taking an award back', () => {
	test('is possible while nothing followed, and before its event has arrived', () => {
		const done = setUp([byOperator(claim(1, 'ana'), 1)]);
		expect(takeBackBlocked(done.state, done.ends, award)).toBeNull();
		const early = setUp([]);
		expect(takeBackBlocked(early.state, early.ends, award)).toBeNull();
	});

	test('is over once a unit went to somebody else', () => {
		const { state, ends } = setUp([byOperator(claim(1, 'ana'), 1), claim(2, 'ben')]);
		expect(takeBackBlocked(state, ends, award)).toBe('Item 12 changed since.');
	});

	test('stays possible when somebody only joins the end of the queue', () => {
		const { state, ends } = setUp([byOperator(claim(1, 'ana'), 1), claim(2, 'ben', 'waitlist')]);
		expect(takeBackBlocked(state, ends, award)).toBeNull();
	});

	test('is over with the item, and with the show', () => {
		const { state, ends } = setUp([byOperator(claim(1, 'ana'), 1)]);
		state.items.delete('12');
		expect(takeBackBlocked(state, ends, award)).toBe('Item 12 was removed.');
		state.status = 'ended';
		expect(takeBackBlocked(state, ends, award)).toBe('The show is over.');
	});
});

test('an end can be taken back while the show is over', () => {
	const { state, ends } = setUp([]);
	expect(takeBackBlocked(state, ends, { kind: 'reopen' })).toBe('The show runs again.');
	state.status = 'ended';
	expect(takeBackBlocked(state, ends, { kind: 'reopen' })).toBeNull();
});

test('an inverse action is blocked once it would change something else', () => {
	const { state, ends } = setUp([claim(1, 'ana')]);
	const blocked = (back: Parameters<typeof takeBackBlocked>[2]) =>
		takeBackBlocked(state, ends, back);
	expect(blocked({ kind: 'open', item: '12', open: true })).not.toBeNull();
	expect(blocked({ kind: 'open', item: '12', open: false })).toBeNull();
	expect(blocked({ kind: 'title', item: '12', from: 'Other', to: 'Old' })).not.toBeNull();
	expect(blocked({ kind: 'title', item: '12', from: 'Linen dress', to: 'Old' })).toBeNull();
	expect(blocked({ kind: 'remove', item: '12' })).toBe('It has claims by now.');
	expect(blocked({ kind: 'add', item: { number: '12', title: 'x', quantity: 1 } })).not.toBeNull();
});

test('every reason of the server is told in words', () => {
	for (const reason of ['changed', 'claimed_again', 'waiting', 'no_action', 'archived']) {
		expect(undoRefusal(reason)).toMatch(/\.$/);
	}
	expect(undoRefusal(undefined)).toBeNull();
});

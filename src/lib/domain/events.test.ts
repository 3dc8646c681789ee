import { describe, expect, test } from 'vitest';
import { ShowLog, byOperator, item } from '../../../tests/fixtures/show-log.ts';
import {
	COMMENT_OUTCOMES,
	formatPosition,
	isSameEvent,
	parsePosition,
	reallocatedItem,
	startsCall
} from './events.ts';
import { COUNTERS, emptyCounters } from './show-state.ts';

describe('a position', () => {
	test.each([
		{ epoch: 'abcdefghij', seq: 0 },
		{ epoch: 'a2b3c4', seq: 1 },
		{ epoch: 'z', seq: 999_999_999_999_999 }
	])('is read back as it was written: %j', (position) => {
		expect(parsePosition(formatPosition(position))).toEqual(position);
	});

	test('says when the last event was, where that is known', () => {
		const known = { epoch: 'abc', seq: 1, at: 1_760_000_000_000 };
		expect(parsePosition(formatPosition(known))).toEqual(known);
		expect(formatPosition({ epoch: 'abc', seq: 1, at: undefined })).toBe('abc:1');
	});

	test.each([
		'',
		':',
		'abc',
		'abc:',
		':1',
		'abc:-1',
		'abc:01',
		'abc:1.5',
		'abc:1e3',
		'abc:1 ',
		' abc:1',
		'abc:1\n',
		'ABC:1',
		'a-b:1',
		'abc:1:',
		'abc:1:0',
		'abc:1:2:3',
		'abc:9999999999999999',
		`${'a'.repeat(33)}:1`
	])('%j of a client is none', (id) => {
		expect(parsePosition(id)).toBeNull();
	});
});

describe('two copies of an event', () => {
	const event = new ShowLog('e1').comment('a');

	test('are the same whatever became of names and texts', () => {
		expect(isSameEvent(event, new ShowLog('e1').comment('a', { text: '', handle: '' }))).toBe(true);
	});

	test('are not, at another time, of another type, about another comment, in another epoch', () => {
		expect(isSameEvent(event, { ...event, at: event.at + 1 })).toBe(false);
		expect(isSameEvent(event, new ShowLog('e1').error())).toBe(false);
		expect(isSameEvent(event, new ShowLog('e1').comment('a', { commentId: 'x' }))).toBe(false);
		expect(isSameEvent(event, new ShowLog('e2').comment('a'))).toBe(false);
	});
});

describe('outcomes', () => {
	test('each has a counter, next to those of claims', () => {
		expect(COUNTERS).toEqual([...COMMENT_OUTCOMES, 'released', 'promoted']);
		expect(Object.keys(emptyCounters()).toSorted()).toEqual([...COUNTERS].toSorted());
	});
});

describe('the item whose allocation an event changed', () => {
	const log = new ShowLog();
	test.each([
		['a unit won', log.created('12', 'a', 'winner'), '12'],
		['a place at the end of the queue', log.created('12', 'b', 'waitlist'), null],
		[
			'a place that an operator gave back',
			log.created('12', 'c', 'waitlist', { cause: byOperator('release', 1) }),
			'12'
		],
		['a promotion', log.promoted('12', 'b'), '12'],
		['a release of a unit', log.released('12', 'a', 'winner'), '12'],
		['a release of a place', log.released('12', 'b', 'waitlist'), '12'],
		['a new item', log.item('added', item('7')), '7'],
		['a quantity', log.item('quantity', item('7', 2), item('7')), '7'],
		['a title', log.item('edited', item('7'), item('7')), null],
		['an item that closes', log.item('closed', item('7'), item('7')), null],
		['a comment', log.comment('a'), null],
		['a status', log.session('paused', 'paused'), null],
		['an error', log.error(), null]
	])('%s', (_what, event, number) => {
		expect(reallocatedItem(event)).toBe(number);
	});
});

describe('the first event of a call', () => {
	const log = new ShowLog();
	test.each([
		['a comment', log.comment('a'), true],
		['the claim that it made', log.created('12', 'a', 'winner'), false],
		['the claim that it released', log.released('12', 'a', 'winner'), false],
		['the promotion that it caused', log.promoted('12', 'b'), false],
		[
			'an operator’s release',
			log.released('12', 'b', 'winner', { cause: byOperator('release', 5) }),
			true
		],
		['the promotion after it', log.promoted('12', 'c', { cause: byOperator('release', 5) }), false],
		['an award', log.created('12', 'd', 'winner', { cause: byOperator('award', 7) }), true],
		['a new item', log.item('added', item('7')), true],
		['a status', log.session('paused', 'paused'), true],
		['a channel', log.channel(), true],
		['an error', log.error(), true]
	])('%s', (_what, event, first) => {
		expect(startsCall(event)).toBe(first);
	});
});

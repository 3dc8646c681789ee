import { describe, expect, test } from 'vitest';
import type { Moment } from './summary-moments.ts';
import { pausesOf, saleStarts } from './summary-moments.ts';

type Turn = [action: 'activated' | 'paused' | 'resumed' | 'ended' | 'reopened', status?: 'paused'];

const STATUS = {
	activated: 'active',
	paused: 'paused',
	resumed: 'active',
	ended: 'ended',
	reopened: 'active'
} as const;

/** The turns at 1, 2, 3… */
function session(...turns: Turn[]): Moment[] {
	return turns.map(([action, status], index) => ({
		kind: 'session',
		at: index + 1,
		action,
		status: status ?? STATUS[action]
	}));
}

function item(
	at: number,
	action: (Moment & { kind: 'item' })['action'],
	isOpen = true
): Moment & { kind: 'item' } {
	return { kind: 'item', at, action, item: '12', title: 'Mug', isOpen };
}

const never = () => Infinity;
const activatedAt = (at: number): Moment => ({
	kind: 'session',
	at,
	action: 'activated',
	status: 'active'
});

describe('pauses', () => {
	test('last until the show goes on, and the last one until now', () => {
		expect(pausesOf(session(['activated'], ['paused'], ['resumed'], ['paused']))).toEqual([
			{ kind: 'paused', from: 2, to: 3 },
			{ kind: 'paused', from: 4, to: null }
		]);
	});

	test('an end is one only when it was taken back, and the show may go on paused', () => {
		const ended = session(['activated'], ['paused'], ['ended']);
		expect(pausesOf(ended)).toEqual([{ kind: 'paused', from: 2, to: 3 }]);
		const reopened = session(['activated'], ['ended'], ['reopened', 'paused'], ['resumed']);
		expect(pausesOf(reopened)).toEqual([
			{ kind: 'ended', from: 2, to: 3 },
			{ kind: 'paused', from: 3, to: 4 }
		]);
	});
});

describe('an item is for sale', () => {
	test('from when it was first held up, but not before the show began', () => {
		const moments = [item(1, 'added'), activatedAt(5), item(7, 'shown'), item(9, 'shown')];
		expect(saleStarts(moments, never).get('12')).toEqual({ at: 7, from: 'shown' });
		const early = [item(1, 'added'), item(2, 'shown'), activatedAt(5)];
		expect(saleStarts(early, never).get('12')).toEqual({ at: 5, from: 'shown' });
	});

	test('from when it could be claimed, when it was held up only after it had sold out', () => {
		const moments = [item(1, 'added'), activatedAt(5), item(7, 'shown')];
		expect(saleStarts(moments, () => 6).get('12')).toEqual({ at: 5, from: 'started' });
	});

	test('from its opening or adding in the running show', () => {
		const opened = [item(1, 'added'), item(2, 'closed', false), activatedAt(5), item(8, 'opened')];
		expect(saleStarts(opened, never).get('12')).toEqual({ at: 8, from: 'opened' });
		expect(saleStarts([activatedAt(5), item(8, 'added')], never).get('12')).toEqual({
			at: 8,
			from: 'added'
		});
	});

	test('never in a draft, and anew when its number was given to another one', () => {
		expect(saleStarts([item(1, 'added'), item(2, 'shown')], never).has('12')).toBe(false);
		const moments = [activatedAt(1), item(2, 'added'), item(3, 'shown'), item(4, 'removed')];
		expect(saleStarts(moments, never).has('12')).toBe(false);
		expect(saleStarts([...moments, item(6, 'added')], never).get('12')?.at).toBe(6);
	});
});

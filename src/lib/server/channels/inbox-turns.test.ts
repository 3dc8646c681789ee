import { describe, expect, test } from 'vitest';
import { dueComments, liveName, readWaiting } from './inbox-turns.ts';
import type { Turn, Waiting } from './inbox-turns.ts';

const WINDOW_MS = 1_000;
const NOW = 1_760_000_000_000;
const A = { platform: 'facebook', liveId: 'a' };
const B = { platform: 'instagram', liveId: 'b' };

/** `ageMs`: how long it has waited. */
function waiting(order: string, ageMs: number, live = A): Waiting {
	const arrivedAt = NOW - ageMs;
	return { key: `k${order}`, arrivedAt, live: liveName(live), orderKey: order, json: '{}' };
}

function due(
	comments: readonly Waiting[],
	turn: Turn & { readonly holds?: ReadonlyMap<string, number> } = {}
): string[] {
	const about = { now: NOW, windowMs: WINDOW_MS, holds: new Map<string, number>(), ...turn };
	return dueComments(comments, about).map(({ orderKey }) => orderKey);
}

describe('the comments whose turn has come are', () => {
	test('none before the window is over', () => {
		expect(due([waiting('1', 999), waiting('2', 0)])).toEqual([]);
	});

	test('those that have waited for it, and what comes before them', () => {
		expect(due([waiting('3', 0), waiting('2', 1_000), waiting('1', 0)])).toEqual(['1', '2']);
	});

	test('those up to where a poll has shown that nothing is missing', () => {
		const settled = { ...A, key: '2' };
		expect(due([waiting('3', 0), waiting('2', 0), waiting('1', 0)], { settled })).toEqual([
			'1',
			'2'
		]);
	});

	test('of that live only: a poll proves nothing of another one', () => {
		const comments = [
			waiting('1', 0, B),
			waiting('2', 0),
			waiting('3', 1_000, B),
			waiting('4', 0, B)
		];
		expect(due(comments, { settled: { ...A, key: '9' } })).toEqual(['1', '2', '3']);
	});

	test('none of a live on hold but for those that are settled', () => {
		const holds = new Map([[liveName(A), NOW + 1]]);
		const comments = [waiting('1', 5_000), waiting('2', 5_000), waiting('3', 5_000, B)];
		expect(due(comments, { holds })).toEqual(['3']);
		expect(due(comments, { holds, settled: { ...A, key: '1' } })).toEqual(['1', '3']);
	});

	test('all again once a hold has run out', () => {
		const holds = new Map([[liveName(A), NOW]]);
		expect(due([waiting('1', 5_000)], { holds })).toEqual(['1']);
	});

	test('all when all are asked for, held or not', () => {
		const holds = new Map([[liveName(A), NOW + 1]]);
		const comments = [waiting('2', 0), waiting('1', 0, B)];
		expect(due(comments, { holds, take: 'all' })).toEqual(['1', '2']);
	});
});

test('a value of the inbox is taken apart as the script put it together', () => {
	const value = '176000000000010facebook:L\n000000000000005:003:123:1_123\n{"text":"a\\nb"}';
	expect(readWaiting('facebook:1_123', value)).toEqual({
		key: 'facebook:1_123',
		arrivedAt: 1_760_000_000_000,
		live: 'facebook:L',
		orderKey: '000000000000005:003:123:1_123',
		json: '{"text":"a\\nb"}'
	});
});

import { expect, test } from 'vitest';
import type { Cause, ShowEvent } from '../domain/events.ts';
import { historySentences, isOfItem } from './history-sentences.ts';
import { claim, comment } from './show-fixture.ts';

const passed: Cause = { kind: 'comment', commentKey: 'facebook:c9' };
const operator = (action: 'release' | 'reassign' | 'undo', seq: number): Cause => ({
	kind: 'operator',
	action,
	actor: 'user:1',
	seq
});

function change(
	seq: number,
	type: 'claim.released' | 'claim.promoted',
	user: string,
	cause: Cause
): ShowEvent {
	const created = claim(seq, user);
	if (created.type !== 'claim.created') throw new Error('a claim is expected');
	const { claimId, item, buyer } = created.data;
	const facts = { claimId, item, buyer, cause };
	return type === 'claim.promoted'
		? { ...created, type, data: facts }
		: { ...created, type, data: { ...facts, from: 'winner', rank: seq } };
}

function told(events: readonly ShowEvent[]): string[] {
	return historySentences(events).map(({ pieces }) => pieces.map(({ text }) => text).join(''));
}

test('a pass and the promotion that follows are one sentence', () => {
	const events = [
		claim(1, 'Ana'),
		claim(2, 'Ben', 'waitlist'),
		change(3, 'claim.released', 'Ana', passed),
		change(4, 'claim.promoted', 'Ben', passed)
	];
	expect(told(events)).toEqual([
		'Ana won',
		'Ben joined the waitlist (#1)',
		'Ana passed → Ben promoted'
	]);
});

test('what an operator did says so', () => {
	const events = [
		change(1, 'claim.released', 'Ana', operator('release', 1)),
		change(2, 'claim.promoted', 'Ben', operator('release', 1)),
		change(3, 'claim.released', 'Ben', operator('reassign', 3))
	];
	expect(told(events)).toEqual(['Ana was released → Ben promoted', 'Ben lost the unit']);
	expect(historySentences(events).every(({ byOperator }) => byOperator)).toBe(true);
});

test('handles are kept apart from our own words', () => {
	const [sentence] = historySentences([claim(1, 'اسم')]);
	expect(sentence?.pieces).toEqual([
		{ text: 'اسم', foreign: true },
		{ text: ' won', foreign: false }
	]);
});

test('comments and other items are no part of it', () => {
	expect(told([comment(1)])).toEqual([]);
	expect(isOfItem(comment(1), '12')).toBe(false);
	expect(isOfItem(claim(1, 'Ana'), '12')).toBe(true);
	expect(isOfItem(claim(1, 'Ana', 'winner', '13'), '12')).toBe(false);
});

import { expect, test } from 'vitest';
import { parseComment } from '../../src/lib/domain/parse-comment.ts';
import { Crowd } from './crowd.ts';

const WORDS = { claimWord: 'sold', passWord: 'pass' };
const ITEMS = 300;

function write(crowd: Crowd, phase: 'backlog' | 'peak', comments: number) {
	return Array.from({ length: comments }, () => crowd.next(phase));
}

test('the backlog holds one claim in ten comments, each by another buyer or for another item', () => {
	const claims = write(new Crowd(ITEMS), 'backlog', 20_000).flatMap((comment) => {
		const intent = parseComment(comment.text, WORDS);
		return intent ? [`${comment.platform} ${comment.userId} ${intent.kind} ${intent.item}`] : [];
	});
	expect(claims).toHaveLength(2_000);
	expect(new Set(claims).size).toBe(2_000);
});

test('at the peak as many claims end as begin', () => {
	const crowd = new Crowd(ITEMS);
	write(crowd, 'backlog', 1_000);
	const kinds = write(crowd, 'peak', 10_000).map(
		({ text }) => parseComment(text, WORDS)?.kind ?? 'none'
	);
	const count = (kind: string) => kinds.filter((other) => other === kind).length;
	// One claim in six repeats an earlier one or names no item of the show.
	expect({ claims: count('claim'), passes: count('pass') }).toEqual({ claims: 600, passes: 400 });
});

test('every run sees the same comments', () => {
	const texts = () => write(new Crowd(ITEMS), 'peak', 500).map(({ text }) => text);
	expect(texts()).toEqual(texts());
});

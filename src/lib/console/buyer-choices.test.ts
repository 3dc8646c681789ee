import { expect, test } from 'vitest';
import { fromSnapshot } from '../domain/live-show.ts';
import type { CommentEntry } from '../domain/live-show.ts';
import { applyEvent } from '../domain/reducer.ts';
import { buyerChoices } from './buyer-choices.ts';
import type { BuyerSources } from './buyer-choices.ts';
import { claim, comment, startSnapshot } from './show-fixture.ts';

/** Item 12: ana and ben hold its units, cal waits. Commented lately: eve, cal, ana. */
function setUp(): BuyerSources {
	const { state } = fromSnapshot(startSnapshot(), 100);
	applyEvent(state, claim(1, 'ana'));
	applyEvent(state, claim(2, 'ben'));
	applyEvent(state, claim(3, 'cal', 'waitlist'));
	const comments = ['eve', 'cal', 'ana'].map((user, index): CommentEntry => {
		const event = comment(20 - index, 'none', 'e1', user);
		if (event.type !== 'comment.received') throw new Error('a comment is expected');
		return { ...event.data, seq: event.seq, at: event.at };
	});
	return { item: state.items.get('12'), comments, found: [] };
}

function offered(typed: string, sources = setUp()) {
	return buyerChoices(typed, sources).map(({ buyer, source }) => `${source} ${buyer.handle}`);
}

test('without a text: who waits, then who commented lately, each once, no winner', () => {
	expect(offered('')).toEqual(['waiting cal', 'commented eve']);
});

test('a text narrows down and can always be taken as a name', () => {
	expect(offered('e')).toEqual(['commented eve', 'typed e']);
	expect(offered('@Walk In')).toEqual(['typed Walk In']);
});

test('somebody typed in full comes first', () => {
	const sources = setUp();
	const found = [
		{ key: 'instagram:1', platform: 'instagram', userId: '1', handle: 'e', displayName: null }
	];
	expect(offered('e', { ...sources, found })[0]).toBe('commented e');
});

test('a name that is no word at all is not offered', () => {
	expect(offered('@ ')).toEqual(['waiting cal', 'commented eve']);
});

import { describe, expect, test } from 'vitest';
import { fromSnapshot } from '../domain/live-show.ts';
import { applyEvent } from '../domain/reducer.ts';
import type { ShowState } from '../domain/show-state.ts';
import {
	awardWords,
	endWords,
	nameList,
	quantityWords,
	reassignWords,
	releaseWords
} from './ripple-words.ts';
import { claim, startSnapshot } from './show-fixture.ts';

/** Item 12 has two units: ana and ben won, cal and dee wait. */
function soldOut(): ShowState {
	const { state } = fromSnapshot(startSnapshot(), 100);
	applyEvent(state, claim(1, 'ana'));
	applyEvent(state, claim(2, 'ben'));
	applyEvent(state, claim(3, 'cal', 'waitlist'));
	applyEvent(state, claim(4, 'dee', 'waitlist'));
	return state;
}

/** Without the marks that keep names from turning a sentence round. */
function plain(text: string): string {
	return text.replace(/[\u2066-\u2069]/g, '');
}

describe('releasing', () => {
	test('a winner says who gets the unit', () => {
		expect(plain(releaseWords(soldOut(), '12', 'claim-ana').text)).toBe(
			'ana loses the unit. cal is next in the queue and gets it.'
		);
	});

	test('somebody who waits moves nobody up', () => {
		expect(plain(releaseWords(soldOut(), '12', 'claim-dee').text)).toBe('dee leaves the queue.');
	});

	test('a claim that is gone is refused', () => {
		expect(releaseWords(soldOut(), '12', 'claim-zoe').possible).toBe(false);
	});
});

describe('quantity', () => {
	test('raising names who moves up, in the order of the queue', () => {
		expect(plain(quantityWords(soldOut(), '12', 4).text)).toBe(
			'cal and dee move up from the queue and get a unit.'
		);
	});

	test('below the winners it is refused with their number', () => {
		const { text, possible } = quantityWords(soldOut(), '12', 1);
		expect(possible).toBe(false);
		expect(text).toBe('2 units are sold already. Release a winner first.');
	});
});

test('reassigning past the queue says how many are passed over', () => {
	const target = { item: '12', claimId: 'claim-ana' };
	const words = (handle: string) =>
		plain(reassignWords(soldOut(), target, { key: `facebook:${handle}`, handle }).text);
	expect(words('cal')).toBe('ana loses the unit and cal gets it.');
	expect(words('dee')).toBe(
		'ana loses the unit and dee gets it. 1 buyer in the queue is passed over.'
	);
	expect(words('ben')).toBe('This buyer already holds a unit of this item.');
});

test('awarding says what is left, or why it is refused', () => {
	const { state } = fromSnapshot(startSnapshot(), 100);
	const zoe = { key: 'manual:zoe', handle: 'zoe' };
	expect(plain(awardWords(state, '12', zoe).text)).toBe(
		'zoe gets a unit of item 12. 1 unit stays free.'
	);
	expect(awardWords(soldOut(), '12', zoe).possible).toBe(false);
});

test('ending says what it leaves behind', () => {
	expect(endWords(soldOut())).toBe('It leaves 2 claims still waiting.');
	expect(endWords(fromSnapshot(startSnapshot(), 100).state)).toBe(
		'It leaves 2 units without a buyer.'
	);
});

test('long lists of names end in a number', () => {
	expect(plain(nameList(['a', 'b', 'c', 'd', 'e']))).toBe('a, b, c and 2 more');
	expect(plain(nameList(['a', 'b', 'c']))).toBe('a, b and c');
});

import { expect, test } from 'vitest';
import { FreezableList } from './freeze.svelte.ts';

function listOf(seqs: () => readonly number[]) {
	return new FreezableList(seqs, (seq) => seq);
}

test('at the top it follows', () => {
	let rows = [2, 1];
	const list = listOf(() => rows);
	rows = [3, 2, 1];
	expect(list.visible).toEqual([3, 2, 1]);
	expect(list.unseen).toBe(0);
});

test('scrolled away it holds still and counts what it does not show', () => {
	let rows = $state.raw([2, 1]);
	const list = listOf(() => rows);
	list.scrolledTo(100);
	rows = [5, 4, 3, 2, 1];
	expect(list.visible).toEqual([2, 1]);
	expect(list.unseen).toBe(3);
});

test('it counts on when the lines that it shows were dropped from the live list', () => {
	let rows = $state.raw([2, 1]);
	const list = listOf(() => rows);
	list.scrolledTo(100);
	rows = [9, 8, 7];
	expect(list.unseen).toBe(3);
});

test('back at the top it shows everything again', () => {
	let rows = $state.raw([2, 1]);
	const list = listOf(() => rows);
	list.scrolledTo(100);
	rows = [3, 2, 1];
	list.scrolledTo(0);
	expect(list.visible).toEqual([3, 2, 1]);
	expect(list.unseen).toBe(0);
});

test('a little scrolling is no reading', () => {
	const list = listOf(() => [1]);
	list.scrolledTo(5);
	expect(list.unseen).toBe(0);
});

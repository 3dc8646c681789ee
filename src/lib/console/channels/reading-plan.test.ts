import { expect, test } from 'vitest';
import { readingPlan } from './reading-plan.ts';

const page = { platform: 'facebook', accountName: 'Ashgrove Finds' } as const;
const account = { platform: 'instagram', accountName: 'ashgrove.finds' } as const;

/** Without the signs that keep a name's direction to itself. */
const plain = (text: string) => text.replace(/[\u2068\u2069]/g, '');

test('the chosen channels are named', () => {
	const rows = [page, account].map((about) => ({ ...about, phase: 'waiting' as const }));
	expect(plain(readingPlan(rows, []))).toBe(
		'Comments are read from Facebook · Ashgrove Finds and Instagram · ashgrove.finds.'
	);
});

test('a watched account is named unless its broadcast is chosen already', () => {
	expect(plain(readingPlan([], [page]))).toBe(
		'Facebook · Ashgrove Finds is read as soon as a broadcast starts there.'
	);
	expect(readingPlan([{ ...page, phase: 'waiting' }], [page])).not.toContain('as soon as');
});

test('a show without any channel says so, also when its channels were left out again', () => {
	expect(readingPlan([], [])).toMatch(/^No channel is chosen yet/);
	expect(readingPlan([{ ...page, phase: 'stopped' }], [])).toMatch(/^No channel is chosen yet/);
});

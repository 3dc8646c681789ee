import { expect, test } from 'vitest';
import type { ShowEvent } from '../domain/events.ts';
import { HostNews } from './host-news.svelte.ts';
import { claim } from './show-fixture.ts';

const NOW = claim(1, 'ana').at;

function promoted(seq: number, user: string, at = NOW): ShowEvent {
	const created = claim(seq, user, 'waitlist');
	if (created.type !== 'claim.created') throw new Error('a claim is expected');
	const { claimId, item, buyer, cause } = created.data;
	return { ...created, at, type: 'claim.promoted', data: { claimId, item, buyer, cause } };
}

function released(seq: number, user: string): ShowEvent {
	const { type: _, data, ...head } = promoted(seq, user);
	if (!('claimId' in data) || !('cause' in data) || !data.cause || !('buyer' in data)) {
		throw new Error('a promotion is expected');
	}
	const { claimId, item, buyer, cause } = data;
	if (claimId === null || item === null) throw new Error('a promotion is expected');
	return {
		...head,
		type: 'claim.released',
		data: { claimId, item, buyer, from: 'winner', rank: 1, cause }
	};
}

test('a promotion stays until it was told', () => {
	const news = new HostNews();
	expect(news.hear([promoted(1, 'ana'), promoted(2, 'ben')], NOW)).toHaveLength(2);
	news.hear([claim(3, 'cal')], NOW + 600_000);
	expect(news.notes.map((note) => note.handle)).toEqual(['ana', 'ben']);
	const [first] = news.notes;
	if (first) news.told(first);
	expect(news.notes.map((note) => note.handle)).toEqual(['ben']);
	news.allTold();
	expect(news.notes).toEqual([]);
});

test('promotions of long ago are no news, e.g. after a lost connection', () => {
	const news = new HostNews();
	expect(news.hear([promoted(1, 'ana')], NOW + 60_000)).toEqual([]);
});

test('somebody who passes again is not announced any more', () => {
	const news = new HostNews();
	news.hear([promoted(1, 'ana'), promoted(2, 'ben')], NOW);
	news.hear([released(3, 'ana')], NOW);
	expect(news.notes.map((note) => note.handle)).toEqual(['ben']);
	expect(news.hear([promoted(4, 'cal'), released(5, 'cal')], NOW)).toEqual([]);
});

test('the list is bounded', () => {
	const news = new HostNews();
	for (let seq = 1; seq <= 80; seq++) news.hear([promoted(seq, `u${seq}`)], NOW);
	expect(news.notes).toHaveLength(50);
	expect(news.notes.at(-1)?.handle).toBe('u80');
});

import { expect, test } from 'vitest';
import type { ShowEvent } from '../domain/events.ts';
import type { LiveMessage } from '../domain/live-show.ts';
import { LiveFold } from './live-fold.ts';
import { claim, comment, startSnapshot, status } from './show-fixture.ts';

function events(list: readonly ShowEvent[], persistedSeq = 0): LiveMessage {
	return { kind: 'events', events: list, persistedSeq };
}

function seqs(list: readonly ShowEvent[]): number[] {
	return list.map((event) => event.seq);
}

test('folds events in order and says what changed', () => {
	const fold = new LiveFold(startSnapshot(), 100);
	const result = fold.apply([events([comment(1, 'winner', 'e1', 'ada'), claim(2, 'ada')], 1)]);
	expect(result.needsSnapshot).toBe(false);
	expect(result.changes).toEqual({
		items: true,
		comments: true,
		feed: true,
		show: true,
		replaced: false
	});
	expect(fold.position).toBe('e1:2');
	expect(fold.show.state.items.get('12')?.winners.map((won) => won.buyer.handle)).toEqual(['ada']);
	expect(fold.show.persistedSeq).toBe(1);
});

test('a chat comment changes neither items nor feed', () => {
	const fold = new LiveFold(startSnapshot(), 100);
	const { changes } = fold.apply([events([comment(1)])]);
	expect(changes).toMatchObject({ items: false, comments: true, feed: false, show: true });
});

test('a batch that arrives twice changes nothing the second time', () => {
	const fold = new LiveFold(startSnapshot(), 100);
	const batch = events([comment(1, 'winner', 'e1', 'ada'), claim(2, 'ada')]);
	fold.apply([batch]);
	const again = fold.apply([batch]);
	expect(again.events).toEqual([]);
	expect(Object.values(again.changes)).not.toContain(true);
	expect(fold.show.comments).toHaveLength(1);
	expect(fold.show.state.items.get('12')?.winners).toHaveLength(1);
});

test('a batch that overlaps what is held adds only what is new', () => {
	const fold = new LiveFold(startSnapshot(), 100);
	fold.apply([events([comment(1), comment(2)])]);
	expect(seqs(fold.apply([events([comment(2), comment(3)])]).events)).toEqual([3]);
});

test('a gap keeps what came before it and asks for a snapshot', () => {
	const fold = new LiveFold(startSnapshot(), 100);
	const result = fold.apply([events([comment(1), comment(3)]), events([comment(2)])]);
	expect(result.needsSnapshot).toBe(true);
	expect(seqs(result.events)).toEqual([1]);
	expect(fold.position).toBe('e1:1');
});

test('events of another epoch ask for a snapshot', () => {
	const fold = new LiveFold(startSnapshot(), 100);
	expect(fold.apply([events([comment(1, 'none', 'e2')])]).needsSnapshot).toBe(true);
	expect(fold.position).toBe('e1:0');
});

test('an event that contradicts the state asks for a snapshot', () => {
	const fold = new LiveFold(startSnapshot(), 100);
	expect(fold.apply([events([claim(1, 'ada', 'winner', '99')])]).needsSnapshot).toBe(true);
});

test('a snapshot replaces everything, whatever its epoch', () => {
	const fold = new LiveFold(startSnapshot(), 100);
	fold.apply([events([comment(1), comment(2)], 2)]);
	const result = fold.apply([
		{ kind: 'snapshot', snapshot: startSnapshot('e2', 1) },
		events([comment(2, 'none', 'e2')], 1)
	]);
	expect(result.changes.replaced).toBe(true);
	expect(result.needsSnapshot).toBe(false);
	expect(fold.position).toBe('e2:2');
	expect(fold.show.comments.map((entry) => entry.seq)).toEqual([2]);
	expect(fold.show.persistedSeq).toBe(1);
});

test('the lists stay bounded and keep the newest', () => {
	const fold = new LiveFold(startSnapshot(), 40);
	for (let seq = 1; seq <= 500; seq++) fold.apply([events([comment(seq, 'not_counted')])]);
	expect(fold.show.comments.length).toBeLessThanOrEqual(50);
	expect(fold.show.feed.length).toBeLessThanOrEqual(50);
	expect(fold.show.comments.at(-1)?.seq).toBe(500);
	expect(fold.show.feed.at(-1)?.seq).toBe(500);
	expect(fold.show.state.counters.not_counted).toBe(500);
});

test('the status follows, and what is persisted never goes back', () => {
	const fold = new LiveFold(startSnapshot(), 100);
	fold.apply([events([status(1, 'paused')], 1), events([], 0)]);
	expect(fold.show.state.status).toBe('paused');
	expect(fold.show.persistedSeq).toBe(1);
	expect(fold.apply([events([], 5)]).changes.show).toBe(true);
});

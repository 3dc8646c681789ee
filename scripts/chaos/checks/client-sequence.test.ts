import { describe, expect, test } from 'vitest';
import type { HistoryLine } from '../history.ts';
import { FLUSH, kinds, messages } from './broken-fixture.ts';
import { HISTORY, LOG, SHOW, event, evidence, watched } from './evidence-fixture.ts';

// Each check is shown a round in which its rule is broken: one that can't fail would prove nothing.

describe('clientSequence', () => {
	const saw = (ids: readonly number[]): HistoryLine[] => [
		...HISTORY.filter((line) => line.type !== 'events'),
		...watched('console', 2, LOG).flatMap((line): HistoryLine[] =>
			line.type === 'events'
				? [{ ...line, events: ids.flatMap((seq) => line.events.slice(seq - 3, seq - 2)) }]
				: []
		)
	];

	test.each([
		['a gap', [3, 4, 6, 7, 8, 9]],
		['an event twice', [3, 4, 4, 5, 6, 7, 8, 9]],
		['two events the wrong way round', [3, 5, 4, 6, 7, 8, 9]]
	])('a console that saw %s', (_, ids) => {
		expect(kinds({ history: saw(ids) })).toEqual(new Set(['clientSequence']));
	});

	test('a console that went back', () => {
		const back: HistoryLine = {
			...{ type: 'snapshot', at: 60, console: 'console', showId: SHOW },
			position: { epoch: 'first', seq: 4 }
		};
		expect(kinds({ history: [...HISTORY, back] })).toEqual(new Set(['clientSequence']));
	});

	test('a console that saw what the log does not hold', () => {
		const strange: HistoryLine = {
			...{ type: 'events', at: 60, console: 'console', showId: SHOW },
			events: [['first:10', 'digest']]
		};
		expect(messages({ history: [...HISTORY, strange] }, 'clientSequence')).toEqual([
			'console saw first:10, which the log does not hold so'
		]);
		expect(kinds({ history: [...HISTORY, FLUSH, strange] })).toEqual(new Set());
	});

	test('a console that went on from a story that Redis forgot', () => {
		const other = [
			...LOG.slice(0, 4),
			event(5, 'error', { code: 'x', message: 'x', channelId: null })
		];
		const [snapshot, forgotten] = watched('console', 2, other);
		const rest = watched('console', 5, LOG).at(-1);
		const fresh: HistoryLine = {
			...{ type: 'snapshot', at: 45, console: 'console', showId: SHOW },
			position: { epoch: 'first', seq: 5 }
		};
		if (!snapshot || !forgotten || !rest) throw new Error('nothing was watched');
		const spoken = HISTORY.filter((line) => line.type === 'invoke' || line.type === 'ok');
		const mixed = [...spoken, FLUSH, snapshot, forgotten, rest];
		expect(messages({ history: mixed }, 'clientSequence')).toEqual([
			'console went on to first:6 from first:5, which did not happen so'
		]);
		const afresh = [...spoken, FLUSH, snapshot, forgotten, fresh, rest];
		expect(kinds({ history: afresh })).toEqual(new Set());
	});

	test('a console that stands elsewhere, holds other facts, or could not fold', () => {
		const [end] = evidence().consoles;
		if (!end) throw new Error('no console');
		for (const change of [
			{ position: { epoch: 'first', seq: 8 } },
			{ position: { epoch: 'second', seq: 9 } },
			{ digest: 'another' },
			{ fault: 'a gap' }
		]) {
			expect(kinds({ consoles: [{ ...end, ...change }] })).toEqual(new Set(['clientSequence']));
		}
	});
});

import { describe, expect, test } from 'vitest';
import { timelineOf } from './summary-fixture.ts';
import { barPath, countTicks, tickLabel, timeTicks } from './timeline-scale.ts';
import { columnsOf, markNames } from './timeline-view.ts';

const MINUTE = 60_000;

describe('the axes', () => {
	test('time is marked at round places, no more of them than asked for', () => {
		expect(timeTicks(90 * MINUTE, 8).map(tickLabel)).toEqual([
			...['0', '15 min', '30 min', '45 min', '1 h', '1:15 h', '1:30 h']
		]);
		expect(timeTicks(1_800, 5).map(tickLabel)).toEqual(['0', '0.5 s', '1 s', '1.5 s']);
		expect(timeTicks(200_000, 8).map(tickLabel)).toContain('1:30 min');
		for (const span of [1, 999, 61_000, 7_000_000, 900_000_000]) {
			expect(timeTicks(span, 6).length).toBeLessThanOrEqual(7);
		}
	});

	test.each([
		[0, [0, 1]],
		[1, [0, 1]],
		[3, [0, 1, 2, 3]],
		[7, [0, 2, 4, 6, 8]],
		[130, [0, 50, 100, 150]]
	])('counts up to %i are marked at whole numbers', (max, ticks) => {
		expect(countTicks(max)).toEqual(ticks);
	});
});

test('bars stand on the ground, an empty column has none, a lonely one stays narrow', () => {
	const plot = { left: 10, width: 40, bottom: 100 };
	expect(barPath([5, 0, 20, 1], plot).split('z')).toEqual([
		'M11.0 100v-5.0h8.0V100',
		'M31.0 100v-20.0h8.0V100',
		'M41.0 100v-1.0h8.0V100',
		''
	]);
	expect(barPath([5], { ...plot, width: 400 })).toBe('M190.0 100v-5.0h40.0V100z');
});

describe('the columns', () => {
	test('cover the show and end with it', () => {
		const spans = columnsOf(timelineOf()).map(({ from, to }) => [from, to]);
		expect(spans).toEqual([
			[1_000, 1_100],
			[1_100, 1_200],
			[1_200, 1_250]
		]);
	});

	test('hold what happened in them; what happened before or after belongs to the outermost', () => {
		const mark = (at: number) => ({ at, item: String(at), title: 'Mug' });
		const columns = columnsOf(
			timelineOf({
				shown: [mark(1_100), mark(1_199)],
				soldOut: [mark(900), mark(1_250)],
				pauses: [
					{ kind: 'paused', from: 1_050, to: 1_130 },
					{ kind: 'ended', from: 1_140, to: 1_240 },
					{ kind: 'paused', from: 1_245, to: null }
				]
			})
		);
		expect(columns.map(({ shown }) => shown.map(({ at }) => at))).toEqual([[], [1_100, 1_199], []]);
		expect(columns.map(({ soldOut }) => soldOut.map(({ at }) => at))).toEqual([[900], [], [1_250]]);
		expect(columns.map(({ turns }) => turns)).toEqual([
			['Paused'],
			['Resumed', 'Ended'],
			['Reopened', 'Paused']
		]);
	});
});

test('of many items the first are named', () => {
	const marks = ['7', '8', '9'].map((item) => ({ at: 0, item, title: 'Mug' }));
	expect(markNames(marks, 2)).toBe('7 Mug, 8 Mug and 1 more');
	expect(markNames(marks, 3)).toBe('7 Mug, 8 Mug, 9 Mug');
});

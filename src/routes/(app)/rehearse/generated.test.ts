import { describe, expect, test } from 'vitest';
import { rehearsalSourceSchema } from '$lib/server/rehearsal/source.ts';
import {
	BOUNDS,
	PRESETS,
	SLIDER_STEPS,
	faultOf,
	playingTime,
	sliderPosition,
	sliderValue
} from './generated.ts';
import type { GeneratedPart, GeneratedShow } from './generated.ts';

const parts: GeneratedPart[] = ['comments', 'items', 'minutes', 'buyers', 'seed'];
const show: GeneratedShow = { comments: 100, items: 10, minutes: 10, buyers: 20, seed: 1 };
const accepted = (source: GeneratedShow) =>
	rehearsalSourceSchema.safeParse({ kind: 'generated', ...source }).success;

describe('the bounds are those of the API', () => {
	test.each(parts)('%s', (part) => {
		const { min, max } = BOUNDS[part];
		for (const value of [min, max]) {
			expect(faultOf(part, value)).toBeNull();
			expect(accepted({ ...show, [part]: value })).toBe(true);
		}
		for (const value of [min - 1, max + 1, NaN]) {
			expect(faultOf(part, value)).not.toBeNull();
			expect(accepted({ ...show, [part]: value })).toBe(false);
		}
	});

	test('no preset breaks them', () => {
		for (const preset of PRESETS) expect(accepted({ ...preset.show, seed: 1 })).toBe(true);
	});
});

describe('a slider', () => {
	test.each(['comments', 'items', 'minutes', 'buyers'] as const)('%s: ends are exact', (part) => {
		expect(sliderValue(part, 0)).toBe(BOUNDS[part].min);
		expect(sliderValue(part, SLIDER_STEPS)).toBe(BOUNDS[part].max);
		expect(sliderPosition(part, BOUNDS[part].min)).toBe(0);
		expect(sliderPosition(part, BOUNDS[part].max)).toBe(SLIDER_STEPS);
	});

	test('never goes back while it moves on, and stays whole and within bounds', () => {
		let before = 0;
		for (let position = 0; position <= SLIDER_STEPS; position++) {
			const value = sliderValue('comments', position);
			expect(value).toBeGreaterThanOrEqual(before);
			expect(faultOf('comments', value)).toBeNull();
			before = value;
		}
	});

	test('a value out of bounds stands at its end', () => {
		expect(sliderPosition('items', 0)).toBe(0);
		expect(sliderPosition('items', 9_999)).toBe(SLIDER_STEPS);
	});
});

test.each([
	[10, 1, '10 min'],
	[10, 20, '30 s'],
	[10, 100, '6 s'],
	[1, 100, '1 s'],
	[240, 1, '4 h'],
	[125, 1, '2 h 5 min']
])('%d minutes at speed %d take %s', (minutes, speed, text) => {
	expect(playingTime(minutes, speed)).toBe(text);
});

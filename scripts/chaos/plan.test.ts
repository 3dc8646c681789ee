import { expect, test } from 'vitest';
import { FAULTS } from './faults/all.ts';
import { planKeptSeeds } from './kept-seeds.ts';
import { planRounds } from './plan.ts';
import { SeededRandom } from './random.ts';

const EVERYTHING = { only: [], aof: null };

function names(seed: number, rounds: number, only: readonly string[] = []): string[] {
	const plans = planRounds(new SeededRandom(seed), rounds, { ...EVERYTHING, only });
	return plans.flatMap(({ faults }) => faults.map(({ fault }) => fault.name));
}

test('the same seed gives the same rounds, another one others', () => {
	const look = (seed: number) =>
		planRounds(new SeededRandom(seed), 30, EVERYTHING).map(({ aof, faults, overlapping }) => [
			aof,
			overlapping,
			...faults.map(({ fault, delayMs }) => [fault.name, delayMs])
		]);
	expect(look(7)).toEqual(look(7));
	expect(look(7)).not.toEqual(look(8));
});

test('every fault comes once before one comes again', () => {
	const dealt = names(7, FAULTS.length).slice(0, FAULTS.length);
	expect(dealt.toSorted()).toEqual(FAULTS.map(({ name }) => name).toSorted());
});

test('only what was asked for, and in the AOF mode that was asked for', () => {
	expect(new Set(names(7, 10, ['flushall', 'web-kill']))).toEqual(
		new Set(['flushall', 'web-kill'])
	);
	const plans = planRounds(new SeededRandom(7), 20, { only: [], aof: 'everysec' });
	expect(new Set(plans.map(({ aof }) => aof))).toEqual(new Set(['everysec']));
});

test('two faults strike at once only when they are about different parts', () => {
	const plans = planRounds(new SeededRandom(7), 300, EVERYTHING).filter((plan) => plan.overlapping);
	expect(plans.length).toBeGreaterThan(30);
	for (const { faults } of plans) {
		const parts = faults.flatMap(({ fault }) => fault.parts);
		expect(new Set(parts).size, faults.map(({ fault }) => fault.name).join()).toBe(parts.length);
	}
});

test('the kept seeds name faults that exist', async () => {
	expect((await planKeptSeeds()).length).toBeGreaterThan(2);
});

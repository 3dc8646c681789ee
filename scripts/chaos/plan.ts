import { FAULTS } from './faults/all.ts';
import type { AofMode, Fault } from './faults/fault.ts';
import type { SeededRandom } from './random.ts';

/** What a round is to be. All of it comes from the seed. */
export type RoundPlan = {
	readonly aof: AofMode;
	readonly faults: readonly { readonly fault: Fault; readonly delayMs: number }[];
	/** The second fault strikes while the first one lasts. */
	readonly overlapping: boolean;
	readonly random: SeededRandom;
};

const FAULTS_PER_ROUND = 2;

/**
 * Deals faults like cards: each comes once before one comes again, so that few rounds meet many of them.
 * `only`: names to choose from; empty for all.
 */
export function planRounds(
	random: SeededRandom,
	rounds: number,
	choice: { readonly only: readonly string[]; readonly aof: AofMode | null }
): RoundPlan[] {
	const wanted = FAULTS.filter(
		({ name }) => choice.only.length === 0 || choice.only.includes(name)
	);
	let deck: Fault[] = [];
	const deal = (): Fault => {
		if (deck.length === 0) deck = random.shuffled(wanted);
		const fault = deck.pop();
		if (!fault) throw new Error('there are no faults to choose from');
		return fault;
	};
	return Array.from({ length: rounds }, () => {
		const faults = Array.from({ length: FAULTS_PER_ROUND }, () => ({
			fault: deal(),
			delayMs: random.between(100, 700)
		}));
		const aof = random.chance(65) ? 'always' : 'everysec';
		const mayOverlap = random.chance(35) && areApart(faults.map(({ fault }) => fault));
		return { aof: choice.aof ?? aof, faults, overlapping: mayOverlap, random: random.fork() };
	});
}

function areApart(faults: readonly Fault[]): boolean {
	const parts = faults.flatMap(({ parts }) => [...new Set(parts)]);
	return new Set(parts).size === parts.length;
}

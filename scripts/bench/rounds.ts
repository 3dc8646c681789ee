import { setTimeout as sleep } from 'node:timers/promises';
import type { Spread } from './statistics.ts';
import { pairedRatio, spreadOf } from './statistics.ts';

/** How many rounds of each benchmark count; the figures are their medians. */
export const ROUNDS = 5;

/** A pause before each turn: what the one before left to do in the background is not to be paid here. */
const SETTLE_MS = 100;

/** Takes one figure once. A fresh state for each call is the contender's own business. */
export type Contender<Figure = number> = () => Promise<Figure>;

/** The figures of all contenders, by name, in the order of the rounds. */
export type Figures<Name extends string, Figure = number> = ReadonlyMap<Name, readonly Figure[]>;

/**
 * Lets the contenders take turns: A B, B A, A B … for `ROUNDS` rounds after one that warms up and does
 * not count. Turns, because the machine's speed changes from minute to minute; the changing order,
 * because who comes second meets caches and queues that the first one left.
 */
export async function interleave<Name extends string, Figure = number>(
	contenders: ReadonlyMap<Name, Contender<Figure>>,
	signal: AbortSignal
): Promise<Figures<Name, Figure>> {
	const figures = new Map<Name, Figure[]>();
	for (let round = 0; round <= ROUNDS; round++) {
		const order = [...contenders];
		if (round % 2 === 0) order.reverse();
		for (const [name, take] of order) {
			await sleep(SETTLE_MS);
			signal.throwIfAborted();
			const figure = await take();
			if (round > 0) figures.set(name, [...(figures.get(name) ?? []), figure]);
		}
	}
	return figures;
}

export function spread<Name extends string>(figures: Figures<Name>, name: Name): Spread {
	return spreadOf(figures.get(name) ?? []);
}

export function ratio<Name extends string>(figures: Figures<Name>, of: Name, to: Name): Spread {
	return pairedRatio(figures.get(of) ?? [], figures.get(to) ?? []);
}

/**
 * Does `count` pieces of work with `inFlight` of them open at any time. Returns how many were done per
 * second.
 */
export async function perSecond(
	count: number,
	inFlight: number,
	work: (index: number) => Promise<unknown>,
	signal: AbortSignal
): Promise<number> {
	let next = 0;
	const lane = async (): Promise<void> => {
		while (next < count && !signal.aborted) await work(next++);
	};
	const startedAt = performance.now();
	await Promise.all(Array.from({ length: inFlight }, lane));
	const seconds = (performance.now() - startedAt) / 1_000;
	signal.throwIfAborted();
	return count / seconds;
}

/** Numbers that a seed decides: the same on every machine. */
export class SeededRandom {
	#state: number;

	constructor(seed: number) {
		this.#state = seed >>> 0;
	}

	/** A whole number in [0, below). Mulberry32: small, and good enough for picking. */
	below(below: number): number {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		const { imul } = Math;
		let mixed = imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
		mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
		return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
	}

	/** A whole number in [from, to]. */
	between(from: number, to: number): number {
		return from + this.below(to - from + 1);
	}

	chance(percent: number): boolean {
		return this.below(100) < percent;
	}

	pick<Value>(list: readonly Value[]): Value {
		const value = list[this.below(list.length)];
		if (value === undefined) throw new Error('there is nothing to pick from');
		return value;
	}

	shuffled<Value>(list: readonly Value[]): Value[] {
		const rest = [...list];
		return list.map(() => this.pick(rest.splice(this.below(rest.length), 1)));
	}

	/** A stream of its own, so that what one part draws does not move the others. */
	fork(): SeededRandom {
		return new SeededRandom(this.below(2 ** 32));
	}
}

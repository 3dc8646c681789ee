/**
 * A small seeded generator (mulberry32). Only integer arithmetic and multiplication, so that the
 * same seed gives the same show on every machine. Not for secrets.
 */
export class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = seed >>> 0;
	}

	/** From 0 up to, but not, 1. */
	next(): number {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let mixed = this.#state;
		mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}

	/** A whole number from `min` to `max`, both included. */
	int(min: number, max: number): number {
		return min + Math.floor(this.next() * (max - min + 1));
	}

	/** A number from 0 to `max`, near 0 more often than not: the tail of a crowd's reaction. */
	early(max: number): number {
		const roll = this.next();
		return Math.floor(roll * roll * roll * max);
	}

	/** An index below `length` by a power law: a few come up often, most hardly ever. */
	popular(length: number): number {
		const roll = this.next();
		return Math.min(length - 1, Math.floor(roll * roll * length));
	}

	/** True with the given probability. */
	chance(probability: number): boolean {
		return this.next() < probability;
	}

	/** One of the list, each as likely. @throws when the list is empty */
	pick<T>(list: readonly T[]): T {
		const picked = list[this.int(0, list.length - 1)];
		if (picked === undefined) throw new Error('nothing to pick from');
		return picked;
	}

	/** One of the list by weight. @throws when the list is empty */
	weighted<T>(list: readonly (readonly [weight: number, value: T])[]): T {
		let left = this.next() * list.reduce((sum, [weight]) => sum + weight, 0);
		for (const [weight, value] of list) {
			left -= weight;
			if (left < 0) return value;
		}
		const last = list.at(-1);
		if (last === undefined) throw new Error('nothing to pick from');
		return last[1];
	}
}

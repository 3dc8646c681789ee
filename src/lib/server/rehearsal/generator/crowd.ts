import type { Ledger } from './ledger.ts';
import { inventPeople, type Person } from './people.ts';
import type { Random } from './random.ts';

/** The people who watch, and who of them is up for what. */
export class Crowd {
	readonly #random: Random;
	readonly #ledger: Ledger;
	readonly #people: readonly Person[];
	readonly #byKey: ReadonlyMap<string, Person>;

	constructor(
		random: Random,
		ledger: Ledger,
		size: { buyers: number; platforms: readonly string[] }
	) {
		this.#random = random;
		this.#ledger = ledger;
		this.#people = inventPeople(random, size.buyers, size.platforms);
		this.#byKey = new Map(this.#people.map((person) => [person.key, person]));
	}

	/** Someone keen who holds nothing of the item; someone who does when that is everyone. */
	newcomerTo(item: string): Person {
		let person = this.#keen();
		for (let tries = 0; tries < 12 && this.#ledger.holds(item, person.key); tries++) {
			person = this.#keen();
		}
		return person;
	}

	/** Whoever it is: keen people talk more, but everybody does at times. */
	anyone(): Person {
		return this.#random.chance(0.5) ? this.#keen() : this.#random.pick(this.#people);
	}

	/** A viewer who holds a unit of the item or waits for one, if there is any. */
	holder(item: string, where: 'winners' | 'waitlist'): Person | undefined {
		const held = this.#ledger
			.holders(item)
			[where].map((key) => this.#byKey.get(key))
			.filter((person) => person !== undefined);
		return held.length === 0 ? undefined : this.#random.pick(held);
	}

	#keen(): Person {
		const person = this.#people[this.#random.popular(this.#people.length)];
		if (!person) throw new Error('a show needs at least one buyer');
		return person;
	}
}

import type { IncomingComment } from '../../src/lib/server/allocator/comment.ts';
import type { Person } from '../../src/lib/server/rehearsal/generator/people.ts';
import { inventPeople } from '../../src/lib/server/rehearsal/generator/people.ts';
import type { Topic } from '../../src/lib/server/rehearsal/generator/phrases.ts';
import { PHRASES } from '../../src/lib/server/rehearsal/generator/phrases.ts';
import { Random } from '../../src/lib/server/rehearsal/generator/random.ts';

const SEED = 20_251_120;
const PEOPLE = 4_000;
const PLATFORMS = ['facebook', 'instagram', 'youtube', 'twitch'] as const;
/** One comment in so many asks for something. */
const ASK_EVERY = 10;

type Ask = 'claim' | 'pass' | 'again' | 'unknown';

/**
 * What those who ask want, in turn. In the backlog everybody claims something of their own; at the peak
 * about as many claims end as begin, so that the show's state, which must hold each open claim, stays of
 * one size and the page's memory can be judged.
 */
const ASKS: Readonly<Record<'backlog' | 'peak', readonly Ask[]>> = {
	backlog: ['claim'],
	peak: ['claim', 'pass', 'claim', 'pass', 'again', 'claim', 'pass', 'claim', 'pass', 'unknown']
};

const CHATTER: readonly (readonly [number, Topic])[] = [
	[2, 'greeting'],
	[4, 'question'],
	[3, 'praise'],
	[4, 'chat'],
	[1, 'goodbye']
];

type Held = { readonly person: Person; readonly item: number };

/** The viewers of a big show: they write the same comments in every run. */
export class Crowd {
	readonly #random = new Random(SEED);
	readonly #people = inventPeople(this.#random, PEOPLE, PLATFORMS);
	readonly #items: number;
	/** Claims that nobody has passed on. */
	readonly #held: Held[] = [];
	readonly #claimed = new Set<string>();
	#written = 0;

	/** `items`: the show's items are numbered from 1 to it. */
	constructor(items: number) {
		this.#items = items;
	}

	/** The next comment. */
	next(phase: 'backlog' | 'peak'): IncomingComment {
		const number = ++this.#written;
		if (number % ASK_EVERY !== 0) {
			const person = this.#random.pick(this.#people);
			return this.#write(person, this.#chatter(person));
		}
		const asks = ASKS[phase];
		return this.#ask(asks[(number / ASK_EVERY) % asks.length] ?? 'claim');
	}

	#ask(ask: Ask): IncomingComment {
		switch (ask) {
			case 'claim': {
				const { person, item } = this.#newClaim();
				return this.#write(person, this.#random.chance(0.5) ? `sold ${item}` : `${item} SOLD!! 😍`);
			}
			case 'pass': {
				const index = this.#random.int(0, this.#held.length - 1);
				const [held] = this.#held.splice(index, 1);
				if (!held) return this.#ask('claim');
				this.#claimed.delete(keyOf(held));
				return this.#write(held.person, `pass ${held.item}`);
			}
			case 'again': {
				const { person, item } = this.#random.pick(this.#held);
				return this.#write(person, `sold ${item} please`);
			}
			case 'unknown':
				return this.#write(this.#random.pick(this.#people), `sold ${this.#items + 1}`);
		}
	}

	/** Few items are what most people want. */
	#newClaim(): Held {
		for (;;) {
			const item = this.#random.popular(this.#items) + 1;
			const claim = { person: this.#random.pick(this.#people), item };
			if (this.#claimed.has(keyOf(claim))) continue;
			this.#claimed.add(keyOf(claim));
			this.#held.push(claim);
			return claim;
		}
	}

	#chatter({ language }: Person): string {
		const phrases = PHRASES[language][this.#random.weighted(CHATTER)];
		return this.#random.pick(phrases).replace('{n}', String(this.#random.int(1, this.#items)));
	}

	#write({ platform, userId, handle, displayName }: Person, text: string): IncomingComment {
		return {
			platform,
			liveId: `${platform}-live-1`,
			commentId: `${platform}_${String(this.#written).padStart(9, '0')}`,
			userId,
			userHandle: handle,
			userDisplayName: displayName,
			text,
			postedAt: Date.now()
		};
	}
}

function keyOf({ person, item }: Held): string {
	return `${person.key} ${item}`;
}

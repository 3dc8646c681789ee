import type { Crowd } from './crowd.ts';
import { sayAmbiguous, sayClaim, sayDouble, sayNearMiss, sayPass, type Spoken } from './intents.ts';
import type { Ledger } from './ledger.ts';
import type { CommentKind } from './moments.ts';
import type { Person } from './people.ts';
import { EMOJI_ENDINGS, EMOJI_ONLY, PHRASES, type Topic } from './phrases.ts';
import type { Random } from './random.ts';
import type { ShowScript } from './show-script.ts';

/** Someone's words. */
export type Speech = Spoken & { person: Person };

/** How many of the latest phrases are not said again. */
const HEARD = 60;

/** Decides who says what, once it is known what kind of comment is due. */
export class Speaker {
	readonly #script: ShowScript;
	readonly #random: Random;
	readonly #ledger: Ledger;
	readonly #crowd: Crowd;
	readonly #heard: string[] = [];
	readonly #passed: { item: string; person: Person }[] = [];

	constructor(parts: { script: ShowScript; random: Random; ledger: Ledger; crowd: Crowd }) {
		this.#script = parts.script;
		this.#random = parts.random;
		this.#ledger = parts.ledger;
		this.#crowd = parts.crowd;
	}

	/** @param item the one it is about, if the kind is about an item */
	speak(kind: CommentKind, item: string): Speech {
		const random = this.#random;
		const crowd = this.#crowd;
		switch (kind) {
			case 'claim':
				return this.#claim(crowd.newcomerTo(item), item);
			case 'repeat':
				return this.#claim(this.#someHolder(item) ?? crowd.newcomerTo(item), item);
			case 'reclaim': {
				const passed = this.#passed.pop();
				return passed
					? this.#claim(passed.person, passed.item)
					: this.#claim(crowd.newcomerTo(item), item);
			}
			case 'pass':
				return this.#pass(this.#someHolder(item) ?? crowd.anyone(), item);
			case 'stray_pass':
				return this.#pass(crowd.newcomerTo(item), item);
			case 'unknown_item': {
				const unknown = this.#unknownItem();
				return this.#claim(crowd.newcomerTo(unknown), unknown);
			}
			case 'near_miss': {
				const person = crowd.anyone();
				return { person, ...sayNearMiss(random, item, person.language) };
			}
			case 'ambiguous':
				return { person: crowd.anyone(), ...sayAmbiguous(random, item) };
			case 'double': {
				const other = random.pick(this.#script.items).number;
				return { person: crowd.newcomerTo(item), ...sayDouble(random, item, other) };
			}
			case 'emoji':
				return { person: crowd.anyone(), text: random.pick(EMOJI_ONLY), intent: null };
			default:
				return this.#talk(kind, item);
		}
	}

	/** Tells that a pass was heeded: the viewer may regret it. */
	passed(item: string, person: Person): void {
		this.#passed.push({ item, person });
	}

	#claim(person: Person, item: string): Speech {
		return { person, ...sayClaim(this.#random, item, person.language) };
	}

	#pass(person: Person, item: string): Speech {
		return { person, ...sayPass(this.#random, item, person.language) };
	}

	#talk(topic: Topic, item: string): Speech {
		const random = this.#random;
		const person = this.#crowd.anyone();
		// Many people write English to a host who speaks it, but hardly when they greet.
		const abroad = topic !== 'greeting' && topic !== 'goodbye' && random.chance(0.15);
		const language = abroad ? 'en' : person.language;
		const phrase = this.#unheard(PHRASES[language][topic]).replaceAll('{n}', item);
		const loud = language === 'en' && random.chance(0.04) ? phrase.toUpperCase() : phrase;
		const ending = random.chance(0.3) ? random.pick(EMOJI_ENDINGS) : '';
		return { person, text: loud + ending, intent: null };
	}

	/** A phrase that nobody used a moment ago, if there is one: a crowd is no choir. */
	#unheard(phrases: readonly string[]): string {
		let phrase = this.#random.pick(phrases);
		for (let tries = 0; tries < 8 && this.#heard.includes(phrase); tries++) {
			phrase = this.#random.pick(phrases);
		}
		this.#heard.push(phrase);
		if (this.#heard.length > HEARD) this.#heard.shift();
		return phrase;
	}

	#someHolder(item: string): Person | undefined {
		const [first, second] = this.#random.chance(0.5)
			? (['winners', 'waitlist'] as const)
			: (['waitlist', 'winners'] as const);
		return this.#crowd.holder(item, first) ?? this.#crowd.holder(item, second);
	}

	/** A number nobody sells: one that joins later, a slip of the finger, or nonsense. */
	#unknownItem(): string {
		const { items } = this.#script;
		const later = items.find(
			(item) => item.addedMidShow && this.#ledger.quantity(item.number) === undefined
		);
		if (later && this.#random.chance(0.3)) return later.number;
		return String(items.length + this.#random.pick([1, 2, 3, 5, 8, 11, 40, 99, 700]));
	}
}

import { Random } from '../../src/lib/server/rehearsal/generator/random.ts';
import type { CommentReceived } from '../../src/lib/domain/events.ts';
import type { ShowState } from '../../src/lib/domain/show-state.ts';

/** What a test knows of a comment that it had written: who meant what. */
export type Said = {
	/** The comment's own part of the id. */
	readonly id: string;
	readonly userId: string;
	readonly intent: { readonly kind: 'claim' | 'pass'; readonly item: string } | null;
	readonly fromPage: boolean;
	readonly text: string;
};

/** A live of either platform, as far as a crowd needs it. */
type Stage = {
	comment(input: {
		readonly userId?: string;
		readonly userName?: string;
		readonly text: string;
		readonly lowQuality?: boolean;
		readonly reply?: string;
		readonly fromPage?: boolean;
		readonly hideAuthor?: boolean;
	}): { readonly id: string };
};

const CLAIMS: readonly ((item: string) => string)[] = [
	(item) => `sold ${item}`,
	(item) => `${item} sold`,
	(item) => `SOLD${item}!`,
	(item) => `Sold #${item} please 🎉`,
	(item) => `ｓｏｌｄ 0${item}`,
	(item) => `é/à sold ${item} <b>`
];
const NOISE = ['so pretty', 'is 12 available?', 'soldier 12', '❤️❤️', 'http://a/b\\c', ''];

/** Viewers who write under a live, by chance but always the same for a seed. */
export class Crowd {
	readonly said: Said[] = [];
	readonly #random: Random;
	readonly #items: readonly string[];
	readonly #viewers: number;
	/** Ids by live: an answer is to a comment of the same one. */
	readonly #written = new Map<Stage, string[]>();

	constructor(
		seed: number,
		about: { readonly items: readonly string[]; readonly viewers: number }
	) {
		this.#random = new Random(seed);
		this.#items = about.items;
		this.#viewers = about.viewers;
	}

	/** `count` comments, one right after the other. */
	write(live: Stage, count: number): void {
		for (let n = 0; n < count; n++) this.#writeOne(live);
	}

	#writeOne(live: Stage): void {
		const random = this.#random;
		const fromPage = random.chance(0.02);
		const userId = `7100${random.int(1, this.#viewers)}`;
		const item = random.chance(0.03) ? '999' : random.pick(this.#items);
		const kind = random.weighted([
			[6, 'claim'],
			[2, 'pass'],
			[2, 'noise']
		] as const);
		const text =
			kind === 'claim'
				? random.pick(CLAIMS)(item)
				: kind === 'pass'
					? `pass ${item}`
					: random.pick(NOISE);
		const written = this.#written.get(live) ?? [];
		this.#written.set(live, written);
		const earlier = written.length > 0 && random.chance(0.1) ? random.pick(written) : null;
		const { id } = live.comment({
			userId,
			userName: `Viewer ${userId}`,
			text,
			lowQuality: random.chance(0.2),
			hideAuthor: random.chance(0.02),
			...(fromPage ? { fromPage } : {}),
			...(earlier === null ? {} : { reply: earlier })
		});
		const intent = kind === 'noise' ? null : ({ kind, item } as const);
		written.push(id);
		this.said.push({ id, userId, intent, fromPage, text });
	}
}

type Holders = { readonly winners: readonly string[]; readonly waitlist: readonly string[] };

/** Who gets what when these comments are taken one after the other: DESIGN §3 in its plainest form. */
export class ClaimModel {
	readonly outcomes: string[] = [];
	readonly #quantities: ReadonlyMap<string, number>;
	readonly #winners = new Map<string, string[]>();
	readonly #waiting = new Map<string, string[]>();

	constructor(items: Readonly<Record<string, number>>) {
		this.#quantities = new Map(Object.entries(items));
	}

	/** `buyer` is `platform:userId`; null: nobody who could hold a claim. */
	take(buyer: string | null, intent: Said['intent']): void {
		this.outcomes.push(this.#outcome(buyer, intent));
	}

	/** Winners in the order in which they won, and the queue. */
	holders(): Record<string, Holders> {
		return Object.fromEntries(
			[...this.#quantities.keys()].map((item) => [
				item,
				{ winners: this.#winners.get(item) ?? [], waitlist: this.#waiting.get(item) ?? [] }
			])
		);
	}

	#outcome(buyer: string | null, intent: Said['intent']): string {
		if (!intent) return 'none';
		if (buyer === null) return 'not_counted';
		const quantity = this.#quantities.get(intent.item);
		if (quantity === undefined) return 'item_not_found';
		const winners = this.#winners.get(intent.item) ?? [];
		const waiting = this.#waiting.get(intent.item) ?? [];
		const holds = winners.includes(buyer) || waiting.includes(buyer);
		if (intent.kind === 'claim') {
			if (holds) return 'duplicate_buyer';
			if (winners.length < quantity) {
				this.#winners.set(intent.item, [...winners, buyer]);
				return 'winner';
			}
			this.#waiting.set(intent.item, [...waiting, buyer]);
			return 'waitlist';
		}
		if (!holds) return 'no_active_claim';
		const without = (list: readonly string[]) => list.filter((held) => held !== buyer);
		const [next, ...rest] = without(waiting);
		const isFree = winners.includes(buyer) && next !== undefined;
		this.#winners.set(intent.item, [...without(winners), ...(isFree ? [next] : [])]);
		this.#waiting.set(intent.item, isFree ? rest : without(waiting));
		return 'pass';
	}
}

/** Holders of every item of a show, as the model gives them. */
export function holdersOf(state: ShowState): Record<string, Holders> {
	const ids = (claims: readonly { readonly buyer: { readonly key: string } }[]): string[] =>
		claims.map(({ buyer }) => buyer.key);
	return Object.fromEntries(
		[...state.items.values()].map(({ number, winners, waitlist }) => [
			number,
			{ winners: ids(winners), waitlist: ids(waitlist) }
		])
	);
}

/** The comment's own part of its id. */
export function ownId({ commentId }: Pick<CommentReceived, 'commentId'>): string {
	return commentId.slice(commentId.lastIndexOf('_') + 1);
}

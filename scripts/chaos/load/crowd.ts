import { setTimeout as sleep } from 'node:timers/promises';
import type { Recorder } from '../history.ts';
import type { SeededRandom } from '../random.ts';
import type { Api } from './api.ts';
import { Comments } from './comments.ts';
import type { Comment, ToldClaim } from './comments.ts';
import { Operator } from './operator.ts';
import { ITEM_NUMBERS } from './target-show.ts';
import type { TargetShow } from './target-show.ts';
import { Webhooks } from './webhooks.ts';

const SPEAKERS = 6;
const OPERATORS = ['a', 'b'];
const BUYERS = 40;
const RETRY_MS = 100;
/** How long after the end of the load an unanswered comment is still sent again. */
const LAST_TRIES_MS = 30_000;

export type CrowdOptions = {
	readonly api: Api;
	readonly shows: readonly TargetShow[];
	readonly recorder: Recorder;
	readonly random: SeededRandom;
	readonly webhookSecret: string;
};

/** The people of a round: viewers who claim and pass, operators, and the platform with its webhooks. */
export class Crowd {
	readonly #options: CrowdOptions;
	readonly #comments: Comments;
	readonly #webhooks: Webhooks;
	readonly #running: Promise<void>[] = [];
	readonly #sent: { readonly show: TargetShow; readonly comment: Comment }[] = [];
	readonly #winners = new Map<string, ToldClaim[]>();
	#isOpen = true;
	#triesUntil = Number.POSITIVE_INFINITY;
	#ids = 0;

	constructor(options: CrowdOptions) {
		this.#options = options;
		const { api, recorder, random } = options;
		const pause = async (): Promise<void> => {
			if (performance.now() > this.#triesUntil) throw new Error('no more tries');
			await sleep(RETRY_MS);
		};
		this.#comments = new Comments(api, recorder, pause);
		this.#webhooks = new Webhooks({
			origin: api.origin,
			secret: options.webhookSecret,
			recorder,
			random: random.fork(),
			pause,
			sayClaim: () => this.#text(random)
		});
	}

	start(): void {
		const { api, recorder, random } = this.#options;
		for (let index = 0; index < SPEAKERS; index++) {
			const own = random.fork();
			this.#running.push(this.#loop(own, 25, () => this.#speak(own)));
		}
		for (const name of OPERATORS) {
			const own = random.fork();
			const operator = new Operator(name, api, recorder, own);
			this.#running.push(
				this.#loop(own, 60, async () => {
					const show = own.pick(this.#options.shows);
					await operator.act(show.id, () => this.#takeWinner(show));
				})
			);
		}
		const own = random.fork();
		this.#running.push(
			this.#loop(own, 120, () =>
				this.#webhooks.burst(own.pick(this.#options.shows), own.between(1, 4))
			)
		);
	}

	/** Many deliveries at once: doubled, shuffled, some forged. */
	async webhookStorm(random: SeededRandom): Promise<void> {
		const { shows } = this.#options;
		await Promise.all(shows.map((show) => this.#webhooks.burst(show, random.between(20, 40))));
	}

	/** Nobody begins anything any more; what is under way is sent until it is answered, for 30 s. */
	async finish(): Promise<void> {
		this.#isOpen = false;
		this.#triesUntil = performance.now() + LAST_TRIES_MS;
		await Promise.all(this.#running);
	}

	/** Ends everything that is under way, for a round that broke off. */
	async abandon(): Promise<void> {
		this.#isOpen = false;
		this.#triesUntil = 0;
		await Promise.all(this.#running);
	}

	/** A word of its own for each show, which finds a show that Redis lost. */
	async sayGoodbye(): Promise<void> {
		await Promise.all(
			this.#options.shows.map((show) =>
				this.#comments.deliver(show.id, { commentId: this.#newId(), user: 'last', text: 'thanks!' })
			)
		);
	}

	async #loop(random: SeededRandom, pauseMs: number, act: () => Promise<void>): Promise<void> {
		while (this.#isOpen) {
			await act();
			await sleep(random.below(2 * pauseMs));
		}
	}

	async #speak(random: SeededRandom): Promise<void> {
		const again = random.chance(8) && this.#sent.length > 0 ? random.pick(this.#sent) : null;
		const show = again?.show ?? random.pick(this.#options.shows);
		const comment = again?.comment ?? {
			commentId: this.#newId(),
			user: `u${random.below(BUYERS)}`,
			text: this.#text(random)
		};
		const claim = await this.#comments.deliver(show.id, comment);
		if (again) return;
		this.#sent.push({ show, comment });
		if (claim?.outcome !== 'winner') return;
		const winners = this.#winners.get(show.id) ?? [];
		this.#winners.set(show.id, [...winners, claim]);
	}

	#text(random: SeededRandom): string {
		const item = random.pick(ITEM_NUMBERS);
		const kind = random.below(10);
		if (kind < 6) return `sold ${item}`;
		return kind < 9 ? `pass ${item}` : 'so pretty';
	}

	/** Nobody else gets it, so that what is done to it is done by one. */
	#takeWinner(show: TargetShow): ToldClaim | null {
		return this.#winners.get(show.id)?.shift() ?? null;
	}

	#newId(): string {
		return `c${++this.#ids}`;
	}
}

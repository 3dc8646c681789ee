import { z } from 'zod';
import type { Operation, Recorder } from '../history.ts';
import type { SeededRandom } from '../random.ts';
import type { Api } from './api.ts';
import type { ToldClaim } from './comments.ts';
import { ITEM_NUMBERS } from './target-show.ts';

const actionSchema = z.object({ epoch: z.string(), seq: z.number().int() });
/** Of a hundred actions so many are thought better of. */
const UNDONE_PERCENT = 30;

/** An operator who acts once and does not ask again: what is not answered is left open. */
export class Operator {
	readonly #api: Api;
	readonly #recorder: Recorder;
	readonly #random: SeededRandom;
	readonly #name: string;
	#marks = 0;

	/** `name`: in the marks that this operator's actions leave. */
	constructor(name: string, api: Api, recorder: Recorder, random: SeededRandom) {
		this.#name = name;
		this.#api = api;
		this.#recorder = recorder;
		this.#random = random;
	}

	/** `takeWinner`: a claim that won and that nobody else will act on; null for none. */
	async act(showId: string, takeWinner: () => ToldClaim | null): Promise<void> {
		const random = this.#random;
		const item = random.pick(ITEM_NUMBERS);
		const choice = random.below(10);
		if (choice < 3) return await this.#quantity(showId, item);
		if (choice < 5) return await this.#award(showId, item);
		if (choice < 6) return await this.#title(showId, item);
		const claim = takeWinner();
		if (!claim) return;
		await (choice < 8 ? this.#release(showId, claim) : this.#reassign(showId, claim));
	}

	async #quantity(showId: string, item: string): Promise<void> {
		const quantity = this.#random.between(0, item === '5' ? 40 : 9);
		const input = { number: item, quantity };
		const operation: Operation = { kind: 'quantity', item, quantity };
		await this.#callAndRegret(showId, 'items.setQuantity', input, operation, null);
	}

	async #award(showId: string, item: string): Promise<void> {
		const { handle, key } = this.#somebodyNew();
		const input = { item, buyer: { handle } };
		const operation: Operation = { kind: 'award', item, mark: key };
		await this.#callAndRegret(showId, 'claims.award', input, operation, key);
	}

	async #title(showId: string, item: string): Promise<void> {
		const title = `Title ${this.#name}${++this.#marks}`;
		const input = { number: item, title };
		await this.#call(showId, 'items.edit', input, { kind: 'title', item, mark: title });
	}

	async #release(showId: string, { item, buyerKey, claimId }: ToldClaim): Promise<void> {
		const input = { item, buyerKey, claimId };
		const operation: Operation = { kind: 'release', claimId };
		await this.#callAndRegret(showId, 'claims.release', input, operation, null);
	}

	async #reassign(showId: string, { item, buyerKey, claimId }: ToldClaim): Promise<void> {
		const { handle, key } = this.#somebodyNew();
		const input = { from: { item, buyerKey, claimId }, to: { handle } };
		const operation: Operation = { kind: 'reassign', item, mark: key };
		await this.#callAndRegret(showId, 'claims.reassign', input, operation, key);
	}

	/** A walk-in whom only one action names. */
	#somebodyNew(): { readonly handle: string; readonly key: string } {
		const handle = `walk-in ${this.#name}${++this.#marks}`;
		return { handle, key: `manual:${handle}` };
	}

	/** Acts, and takes it back now and then. `mark`: of the undo. */
	async #callAndRegret(
		showId: string,
		procedure: string,
		input: object,
		operation: Operation,
		mark: string | null
	): Promise<void> {
		const action = actionSchema.safeParse(await this.#call(showId, procedure, input, operation));
		if (!action.success || !this.#random.chance(UNDONE_PERCENT)) return;
		await this.#call(showId, 'claims.undo', action.data, { kind: 'undo', mark });
	}

	/** Returns what the call answered; undefined for a refusal, or no answer. */
	async #call(
		showId: string,
		procedure: string,
		input: object,
		operation: Operation
	): Promise<unknown> {
		const op = this.#recorder.invoke(showId, operation);
		const answer = await this.#api.mutate(procedure, { showId, ...input });
		switch (answer.kind) {
			case 'ok':
				this.#recorder.note({ type: 'ok', op, comment: null });
				return answer.data;
			case 'fail':
				return void this.#recorder.note({ type: 'fail', op, code: answer.code });
			case 'unknown':
				return void this.#recorder.note({ type: 'unknown', op, why: answer.why });
		}
	}
}
